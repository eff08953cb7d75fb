# SOAP::Lite (Perl) makes the calls of the table in SOAP 1.1 and 1.2: perl soap_lite_client.pl BASE_URL

use strict;
use warnings;
use utf8;
use open qw(:std :encoding(UTF-8));
use SOAP::Lite;

# Gives back the whole answer, for a fault is in it too.
my $service = SOAP::Lite->service("$ARGV[0]/Services/Sync.asmx?WSDL")->want_som(1);

# Name, operation, fields that are sent, and what has to come back, of the table whose path is in CALLS.
sub calls {
    open my $table, '<', $ENV{CALLS} or die "$ENV{CALLS}: $!";
    return map { chomp; [split / \| /] } grep { /^[^#].* \| / } <$table>;
}

# An element with others inside.
sub record { my ($name, @fields) = @_; return SOAP::Data->name($name => \SOAP::Data->value(@fields)) }

sub field {
    my ($name, $value) = split /=/, shift, 2;
    return SOAP::Data->type(string => $value)->name($name) if $name ne 'CustomFieldPairs';
    return SOAP::Data->name($name) if $value eq '{}';
    return record($name, map {
        my ($reference, $text) = split /:/;
        record('recCustomFieldKeyValuePair', field("CustomFieldExternalReference=$reference"), field("CustomFieldValue=$text"))
    } split /, /, substr($value, 1, -1));
}

# SOAP::Lite makes a method of the operation, but leaves the type of its parameter to us: it asks for a method named for it.
sub take_type {
    my ($operation) = @_;
    my $type = ($operation =~ /LoyaltyClub$/ ? 'reqSync' : 'req') . $operation =~ s/RemoveFrom/RemoveTo/r;
    no strict 'refs';
    no warnings 'redefine';
    *{"SOAP::Serializer::as_$type"} = sub {
        my ($serializer, $fields, $name, undef, $attributes) = @_;
        return [$name, $attributes, \SOAP::Data->value(map { field($_) } @$fields)];
    };
}

# Only a serializer made after the version is set speaks it. The fields have no prefix, and get their namespace from the Body.
sub speak {
    my ($version) = @_;
    SOAP::Lite->soapversion($version);
    $service->serializer(SOAP::Serializer->new)->bodyattr({ xmlns => 'https://app.smartbutton.com/Services/Sync' });
}

# What came back, as the table has it: a refusal seen as a fault then reads as one.
sub outcome {
    my ($operation, $sent, @headers) = @_;
    take_type($operation);
    my @fields = split /; /, $sent;
    unshift @fields, 'SecurityToken=TEST-TOKEN' unless $sent =~ /SecurityToken=/;
    my $answer = eval { $service->$operation(\@fields, @headers) } or return "died: $@";
    if ($answer->fault) {
        # The methods for a fault's parts know the names of SOAP 1.1 alone.
        return 'Fault: ' . $answer->valueof('//Fault/' . (SOAP::Lite->soapversion == 1.1 ? 'faultstring' : 'Reason/Text'));
    }
    my %result = $answer->result->%*;
    if (exists $result{AccountIds}) {
        my @columns = qw(AccountId AccountIdTypeExternalReference IsInactive IsInactiveForDevices);
        $result{AccountIds} = join ', ', map { join '/', $_->@{@columns} } $answer->valueof('//dsAccountIds/AccountIds');
    }
    return join '; ', map { "$_=$result{$_}" } sort grep { defined $result{$_} } keys %result;
}

# The start of a fault decides: its text goes on with a position and a cause.
sub check {
    my ($name, $expected, $got) = @_;
    my $is_right = $expected =~ /^Fault: / ? index($got, $expected) == 0 : $got eq $expected;
    print $is_right ? "ok: $name\n" : "failed: $name: expected $expected, got $got\n";
}

foreach my $version ('1.1', '1.2') {
    speak($version);
    foreach (calls()) {
        my ($name, $operation, $sent, $expected) = @$_;
        check("SOAP $version: $name", $expected, outcome($operation, $sent));
    }

    check("SOAP $version: a header block that must be understood is a fault",
        'Fault: SOAP header Security was not understood.',
        outcome('FetchAccountIds', 'MemberId=1002', SOAP::Header->name('Security')->mustUnderstand(1)));
}

# In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says. The action is the WSDL's, so it is changed
# on its way out.
speak('1.1');
$service->proxy->add_handler(request_prepare => sub { $_[0]->header(SOAPAction => '"urn:nope"') });
check('SOAP 1.1: an unknown SOAPAction is a fault',
    'Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.',
    outcome('FetchAccountIds', 'MemberId=1002'));
