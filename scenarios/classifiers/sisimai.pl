#!/usr/bin/perl
# Asks Sisimai (https://metacpan.org/dist/Sisimai; Debian: libsisimai-perl), and answers with Sisimai's names of reasons.
#
#     fivefifty run SCENARIO --classifier "program:perl scenarios/classifiers/sisimai.pl"
#
# Sisimai parses mail, so it gets the delivery report that a sender's own server would write about the last reply.
use strict;
use warnings;
use JSON::PP;
use Sisimai;

$| = 1;
my $read = Sisimai->can('rise') || Sisimai->can('make');    # version 5, version 4
while (my $line = <STDIN>) {
    my $request = decode_json($line);
    next if exists $request->{end};
    my %answer = (campaign => $request->{campaign}, recipient => $request->{recipient}, cause => undef);
    if ($request->{bounced}) {
        my $heard  = $request->{heard};
        my $code   = $heard->{code} // 450;
        my $status = $heard->{enhanced} // substr($code, 0, 1) . '.0.0';
        my $text   = join ' ', split ' ', $heard->{text};
        my $last   = $request->{attempts}[-1];
        my $mail   = <<"END";
From: MAILER-DAEMON\@sender.example
To: $last->{return_path}
Subject: Undelivered Mail Returned to Sender
Date: Mon, 02 Mar 2026 08:00:00 +0000
Content-Type: multipart/report; report-type=delivery-status; boundary=part

--part
Content-Type: text/plain

Your message could not be delivered.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; sender.example
Arrival-Date: Mon, 02 Mar 2026 08:00:00 +0000

Final-Recipient: rfc822; $request->{recipient}
Action: failed
Status: $status
Remote-MTA: dns; $last->{mx}
Diagnostic-Code: smtp; $code $status $text

--part
Content-Type: text/rfc822-headers

From: $last->{return_path}
To: $request->{recipient}
Message-ID: $last->{message_id}

--part--
END
        my $found = $read->('Sisimai', \$mail);
        if ($found && @$found) {
            delete $answer{cause};
            %answer = (%answer, system => 'sisimai', class => $found->[0]->reason);
        }
    }
    print encode_json(\%answer), "\n";
}
