"""The subjects of automatic answers, in the languages of mail programs.

Each phrase is how Exchange, Gmail, Notes, GroupWise or a vacation program begins such a subject in one language. Case
and accents do not count, as some programs lose them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_AUTOMATIC: Final = (
    # Germanic
    "auto reply", "auto-reply", "autoreply", "auto response", "auto-response", "autoresponse", "autoresponder",
    "auto responder", "auto-responder", "auto answer", "autoanswer", "automatic reply", "automatic response",
    "automatic answer", "automated reply", "automated response", "automated answer", "automated message",
    "automatically generated", "vacation reply", "vacation response", "vacation responder", "vacation message",
    "vacation notice", "away message",
    "requires verification", "requires confirmation", "needs verification",
    "verification required", "confirmation required", "awaiting verification", "awaiting your confirmation",
    "automatische antwort", "automatische rückantwort", "automatische beantwortung",
    "automatische nachricht", "automatische mitteilung", "automatische e-mail", "automatische eingangsbestätigung",
    "automatisch antwoord", "automatische reactie", "automatisch antwoordbericht", "automatisk svar",
    "automatiskt svar", "autosvar", "automatsvar", "sjálfvirkt svar", "outomatiese antwoord",
    # Romance
    "réponse automatique", "message automatique", "mensaje automático", "respuesta automática",
    "respuesta automatizada", "autorespuesta",
    "contestación automática", "risposta automatica", "messaggio automatico", "risponditore automatico",
    "resposta automática", "mensagem automática", "resposta automàtica", "răspuns automat", "mesaj automat",
    # Slavic
    "automatická odpověď", "automatická odpoveď", "odpowiedź automatyczna", "automatyczna odpowiedź", "autoodpowiedź",
    "automatski odgovor", "automatska poruka", "samodejni odgovor", "samodejno sporočilo", "автоматический ответ",
    "автоответ", "автоматичний відповідь", "автоматична відповідь", "автовідповідь", "автоматичен отговор",
    "аутоматски одговор", "автоматски одговор", "аўтаматычны адказ",
    # Baltic, Finnic, Hungarian, Greek, Turkic, Basque, Celtic
    "automatinis atsakymas", "automātiska atbilde", "automātiskā atbilde", "automaattinen vastaus",
    "automaattivastaus", "automaatvastus", "automaatne vastus", "automatikus válasz", "αυτόματη απάντηση",
    "otomatik yan\u0131t", "otomatik cevap", "avtomatik cavab", "автоматты жауап", "erantzun automatikoa",
    "ateb awtomatig",
    # Asian and Semitic
    "自動應答", "自动答覆", "자동 답변", "자동답변", "자동 메일", "自動返信", "自動応答",
    "自動送信", "自動配信", "自动答复", "自动回复", "自动应答", "自動回覆", "自動回复",
    "자동 회신", "자동회신", "자동 응답", "자동응답", "자동 답장", "trả lời tự động", "thư trả lời tự động",
    "ตอบกลับอัตโนมัติ", "การตอบอัตโนมัติ", "balasan otomatis", "jawaban otomatis", "balasan automatik",
    "awtomatikong tugon", "स्वचालित उत्तर", "स्वतः उत्तर", "رد تلقائي", "الرد التلقائي", "رد آلي", "پاسخ خودکار",
    "תגובה אוטומטית", "מענה אוטומטי", "תשובה אוטומטית",
)  # fmt: skip
"""Phrases that say "automatic answer"."""

_AWAY: Final = (
    "abwesend", "niet op kantoor", "has been received",
    "currently away", "currently out of", "out of town", "on leave", "parental leave", "maternity leave",
    "paternity leave", "en vacances", "en congé", "en congés", "de vacaciones", "in ferie", "de férias", "op vakantie",
    "vakantie", "på semester", "på ferie", "feriesvar", "semestersvar", "lomalla", "na urlopie", "na dovolené",
    "na dovolenke", "na dopustu", "на отдыхе", "в отпуске", "відпустці", "fuori dall'ufficio", "szabadságon",
    "休業", "不在中", "出張中", "离开办公室", "出差", "年假", "출장 중", "휴가 중",
    "out of office", "out of the office", "out-of-office", "away from the office", "away from my", "away from office",
    "not in the office", "on annual leave", "on sick leave", "on maternity leave", "on parental leave", "on vacation",
    "on holiday", "no longer with", "no longer works", "no longer working", "no longer employed", "no longer at",
    "has left the company", "abwesenheit", "nicht im büro", "nicht im haus", "außer haus", "im urlaub",
    "afwezigheid", "afwezig", "niet aanwezig", "buiten kantoor", "frånvaro", "frånvarande", "fravær", "fraværende",
    "ikke på kontoret", "inte på kontoret", "ikke til stede", "ekki við",
    "absence du bureau", "absent du bureau", "absente du bureau", "en dehors du bureau", "hors du bureau",
    "message d'absence", "avis d'absence", "fuera de la oficina", "fuera de oficina", "ausencia de la oficina",
    "fuori sede", "fuori ufficio", "assente dall'ufficio", "assenza dall'ufficio", "non al computer",
    "fora do escritório", "ausência do escritório", "ausência temporária", "fora de l'oficina", "în afara biroului",
    "absent de la birou", "poza biurem", "nieobecność", "nieobecny", "nieobecna", "mimo kancelář", "nepřítomnost",
    "nepřítomen", "mimo kancelárie", "neprítomnosť", "neprítomný", "izvan ureda", "van kancelarije", "odsutnost",
    "odsutan", "odsoten", "odsotnost", "izven pisarne", "вне офиса", "нет на месте", "отсутствие на рабочем месте",
    "отсутствую", "поза офісом", "відсутній", "відсутня", "извън офиса", "ван канцеларије", "ne biure", "nesu biure",
    "ārpus biroja", "prombūtne", "kontorist väljas", "poissa toimistosta", "poissaolo", "házon kívül",
    "irodán kívül", "távollét", "εκτός γραφείου", "ofis d\u0131ş\u0131nda", "ofiste değil", "不在通知",
    "不在のお知らせ", "休暇", "外出中", "不在办公室", "不在辦公室", "休假", "외출 중", "부재중", "부재 중",
    "휴가", "vắng mặt", "ไม่อยู่ที่สำนักงาน", "di luar kantor", "tidak di kantor", "خارج المكتب", "מחוץ למשרד",
)  # fmt: skip
"""Phrases that say "out of office"."""

_AT_THE_START: Final = (
    "auto:", "auto-re", "autom.", "[auto", "i am out", "i'm out", "ooto", "out until", "away", "i am away",
    "i'm away", "ooo", "vacation", "holiday", "on leave", "leave:",
    "abwesend", "urlaub", "absent", "absence", "ausente", "ausencia", "assente", "assenza", "ferie", "vacances",
    "vacaciones", "loma", "lomalla", "semester", "ferien", "férias", "urlop", "dovolená", "отпуск", "відпустка",
    "不在", "外出", "read:", "gelesen:", "lu :", "lu:", "leído:", "letto:", "lida:", "gelezen:", "læst:", "lest:",
    "läst:", "luettu:", "przeczytano:", "přečteno:", "прочитано:", "開封済み", "已读", "not read:", "ungelesen:",
    "please confirm your message", "please confirm your mail", "please confirm your e-mail", "confirm your message",
    "verify your message", "thank you for your e-mail", "thank you for your email",
    "thank you for your message", "thank you for contacting", "thanks for your email", "thank you for your inquiry",
    "we have received your", "we received your", "your message has been received", "your request has been received",
    "ihre anfrage", "eingangsbestätigung", "accusé de réception", "acuse de recibo",
    "urlaubsbenachrichtigung", "urlaubsmeldung", "poissa", "danke für ihre", "vielen dank für ihre", "merci pour votre",
    "gracias por su", "grazie per", "obrigado por", "tack för ditt", "takk for", "tak for din", "kiitos viestistäsi",
    "děkujeme za", "dziękujemy za", "спасибо за ваше", "ticket received", "request received",
    "yahoo! auto response", "message status - opened", "ezmlm warning", "ausencia temporal", "您的邮件已收到",
    "已收到", "お問い合わせありがとう", "receipt acknowledged", "acknowledgement of receipt",
)  # fmt: skip
"""Words that only say so at the beginning of a subject: away, receipts, challenges, confirmations."""


_PLAIN: Final = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "\u0131": "i", "\u2019": "'"})
"""Letters that Unicode does not take apart, and the apostrophe of word processors."""


def _folded(text: str) -> str:
    """Return a text without case and accents."""
    text = text.casefold().translate(
        {ord("ø"): "o", ord("ł"): "l", ord("đ"): "d", ord("\u0131"): "i", ord("\u2019"): "'"}
    )
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _any_of(phrases: tuple[str, ...]) -> str:
    """Return a pattern for any of the phrases. A phrase in Latin letters is not found within a word."""
    return "|".join(
        (r"(?<![a-z])" if each[:1].isascii() else "") + re.escape(each).replace(r"\ ", r"[ _-]?")
        for each in map(_folded, phrases)
    )


_PREFIX: Final = r"^(?:\W{0,9}(?:re|aw|sv|antw|odp|vs|fw|fwd)\W{0,3}[:\uff1a])*[\W_]{0,9}"
_SAYS_SO: Final = re.compile(f"{_any_of(_AUTOMATIC)}|{_any_of(_AWAY)}|{_PREFIX}(?:{_any_of(_AT_THE_START)})(?![a-z])")


def is_automatic(subject: str) -> bool:
    """Whether the subject of a mail says that a program answered for a person."""
    return _SAYS_SO.search(_folded(subject[:500])) is not None
