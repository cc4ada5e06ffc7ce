"""Subjects of automatic answers, in the languages of mail programs."""

from __future__ import annotations

import pytest

from probe.returned_mail.automatic_subjects import is_automatic


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Spring news", "Re: Auto Reply: Spring news", "[Auto-Reply] Spring news", "AUTO: Ann is away",
        "Ann Berg is out of the office.", "Out of Office AutoReply: Spring news", "OOO: Spring news",
        "Away until May 5",
        "Yahoo! Auto Response", "I am on vacation", "Ann is no longer with Acme", "Re: Spring news (Auto Reply)",
        "Automatische Antwort: Neues", "Abwesenheitsnotiz: Neues", "Bin im Urlaub", "Automatisch antwoord: Nieuws",
        "Afwezigheidsbericht", "Automatiskt svar: Nytt", "Frånvaro: Nytt", "Automatisk svar: Nyt",
        "Fravær fra kontoret",
        "Ikke på kontoret", "Sjálfvirkt svar", "Automaattinen vastaus: Uutiset", "Poissa toimistosta",
        "Réponse automatique : Nouvelles", "Reponse automatique", "Absence du bureau", "Respuesta automática: Noticias",
        "Fuera de la oficina", "Risposta automatica: Novità", "Fuori sede", "Resposta automática: Novidades",
        "Răspuns automat: Noutăți", "Automatická odpověď: Novinky", "Mimo kancelář", "Automatická odpoveď",
        "Odpowiedź automatyczna: Nowości", "Nieobecność", "Samodejni odgovor: Novice", "Automatski odgovor: Novosti",
        "Автоматический ответ: Новости", "Автоответ", "Автоматична відповідь", "Автоматичен отговор",
        "Аутоматски одговор", "Automatinis atsakymas", "Automātiskā atbilde", "Automaatvastus", "Automatikus válasz",
        "Házon kívül", "Αυτόματη απάντηση", "Otomatik Yan\u0131t: Haberler", "自動応答: News",
        "【自動返信】お問い合わせ", "不在のお知らせ", "自动答复: News", "自动回复", "自動回覆", "자동 회신: News",
        "부재중 자동응답", "Trả lời tự động: News", "ตอบกลับอัตโนมัติ", "Balasan Otomatis", "رد تلقائي: News",
        "מענה אוטומטי", "Read: Spring news", "Gelesen: Neues", "Please confirm your message",
        "Thank you for your email.",
    ],
)  # fmt: skip
def test_the_subject_of_an_automatic_answer_is_known(subject: str) -> None:
    assert is_automatic(subject)


@pytest.mark.parametrize(
    "subject",
    ["Undelivered Mail Returned to Sender", "Re: Spring news", "Delivery Status Notification (Failure)",
    "Runaway success",
     "Automobile news", "A reader: questions", "Semesterticket", "Absentee voting", "Warning: message delayed", "",
     "Unzustellbar: Neues", "The flow of leaves", "Thread: how to"],
)  # fmt: skip
def test_other_subjects_are_not(subject: str) -> None:
    assert not is_automatic(subject)
