#!/usr/bin/perl
# Reads the text of the reply, in plain Perl: the first pattern that matches decides.
#
#     fivefifty run SCENARIO --classifier "program:perl scenarios/classifiers/words.pl"
use strict;
use warnings;
use JSON::PP;

my @rules = (
    [qr/reputation|blocked|listed|spam/i              => 'ip-reputation'],
    [qr/quota|mailbox (?:is )?full/i                  => 'mailbox-full'],
    [qr/disabled|inactive/i                           => 'mailbox-disabled'],
    [qr/unknown|no such|does not exist|not found|invalid/i => 'user-unknown'],
);

$| = 1;
while (my $line = <STDIN>) {
    my $request = decode_json($line);
    next if exists $request->{end};
    my ($rule) = grep { $request->{heard}{text} =~ $_->[0] } @rules;
    my $cause = $request->{bounced} && $rule ? $rule->[1] : undef;
    print encode_json({campaign => $request->{campaign}, recipient => $request->{recipient}, cause => $cause}), "\n";
}
