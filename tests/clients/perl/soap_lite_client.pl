# SOAP::Lite (Perl) saves phone numbers in SOAP 1.1 and 1.2: perl soap_lite_client.pl BASE_URL

use strict;
use warnings;
use SOAP::Lite;

# Gives back the whole answer, for a fault is in it too.
my $service = SOAP::Lite->service("$ARGV[0]/Services/Sync.asmx?WSDL")->want_som(1);
my @fields = qw(SecurityToken MemberId PhoneNumberTypeExternalReference PhoneNumber MobileCarrierExternalReference IsValid);

# SOAP::Lite makes a method of the operation, but leaves the type of its parameter to us: it asks for a method named for it.
sub SOAP::Serializer::as_reqSaveAccountPhone {
    my ($serializer, $call, $name, $type, $attributes) = @_;
    my @given = grep { defined $call->{$_} } @fields;
    return [$name, $attributes, \SOAP::Data->value(map { SOAP::Data->name($_ => $call->{$_}) } @given)];
}

sub call_with {
    my ($number) = @_;
    return (
        SecurityToken => 'TEST-TOKEN',
        MemberId => 1001,
        PhoneNumberTypeExternalReference => 'WORK',
        PhoneNumber => $number,
        MobileCarrierExternalReference => 'TELUS',
        IsValid => 1,
    );
}

# Name, what differs from a good call, expected return code, expected saved number.
sub cases {
    my ($saved) = @_;
    return (
        ['a number is saved', {}, 0, $saved],
        ['the carrier may be left out', { MobileCarrierExternalReference => undef }, 0, $saved],
        ['an unknown token is 100', { SecurityToken => 'NO-TOKEN' }, 100, ''],
        ['an unknown phone number type is 308', { PhoneNumberTypeExternalReference => 'FAX' }, 308, ''],
        ['an unknown member is 311', { MemberId => 9999 }, 311, ''],
        ["another member's number is 315", { PhoneNumber => '+1 519 555 0199' }, 315, ''],
        ['an unknown carrier is 316', { MobileCarrierExternalReference => 'NOBODY' }, 316, ''],
    );
}

# Only a serializer made after the version is set speaks it. The fields have no prefix, and get their namespace from the Body.
sub speak {
    my ($version) = @_;
    SOAP::Lite->soapversion($version);
    $service->serializer(SOAP::Serializer->new)->bodyattr({ xmlns => 'https://app.smartbutton.com/Services/Sync' });
}

# What came back, in words: a refusal seen as a fault then reads as one.
sub outcome {
    my ($call, @headers) = @_;
    my $answer = eval { $service->SaveAccountPhone($call, @headers) } or return "died: $@";
    if ($answer->fault) {
        # The methods for a fault's parts know the names of SOAP 1.1 alone.
        my ($code, $text) = map { $answer->valueof("//Fault/$_") }
            SOAP::Lite->soapversion == 1.1 ? qw(faultcode faultstring) : qw(Code/Value Reason/Text);
        return "Fault $code: $text";
    }
    my ($code, $saved) = $answer->result->@{qw(ReturnCode SavedPhoneNumber)};
    return defined $saved ? "$code '$saved'" : "$code without a number";
}

# The start decides: the text of some faults goes on with a position and a cause.
sub check {
    my ($name, $expected, $got) = @_;
    print index($got, $expected) == 0 ? "ok: $name\n" : "failed: $name: expected $expected, got $got\n";
}

foreach (
    ['1.1', '+1 (519) 555-0171', '+1 519-555-0171', 'Client'],
    ['1.2', '15195550172', '+1 519-555-0172', 'Sender'],
) {
    my ($version, $number, $saved, $client_code) = @$_;
    speak($version);
    my %good = call_with($number);

    foreach (cases($saved)) {
        my ($name, $changes, $code, $saved_number) = @$_;
        check("SOAP $version: $name", "$code '$saved_number'", outcome({ %good, %$changes }));
    }

    check("SOAP $version: a MemberId in letters is a fault",
        "Fault soap:$client_code: Server was unable to read request. ---> There is an error in XML document (",
        outcome({ %good, MemberId => 'many' }));

    check("SOAP $version: a header block that must be understood is a fault",
        'Fault soap:MustUnderstand: SOAP header Security was not understood.',
        outcome(\%good, SOAP::Header->name('Security')->mustUnderstand(1)));
}

# In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says. The action is the WSDL's, so it is changed
# on its way out.
speak('1.1');
$service->proxy->add_handler(request_prepare => sub { $_[0]->header(SOAPAction => '"urn:nope"') });
check('SOAP 1.1: an unknown SOAPAction is a fault',
    'Fault soap:Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
    outcome({ call_with('15195550171') }));
