import java.net.URL;
import java.util.List;
import java.util.Set;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPException;
import javax.xml.ws.BindingProvider;
import javax.xml.ws.handler.MessageContext;
import javax.xml.ws.handler.soap.SOAPHandler;
import javax.xml.ws.handler.soap.SOAPMessageContext;
import javax.xml.ws.soap.SOAPFaultException;
import sync.ReqSaveAccountPhone;
import sync.Sync;
import sync.SyncSoap;

/** JAX-WS saves phone numbers in SOAP 1.1 and 1.2: JaxWsClient BASE_URL */
final class JaxWsClient {
    public static void main(String[] arguments) throws Exception {
        // The WSDL names the endpoint as well.
        Sync service = new Sync(new URL(arguments[0] + "/Services/Sync.asmx?WSDL"));
        check("1.1", service.getSyncSoap(), "+1 (519) 555-0101", "+1 519-555-0101");
        check("1.2", service.getSyncSoap12(), "15195550102", "+1 519-555-0102");

        // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
        SyncSoap port = service.getSyncSoap();
        ((BindingProvider) port).getRequestContext().put(BindingProvider.SOAPACTION_USE_PROPERTY, true);
        ((BindingProvider) port).getRequestContext().put(BindingProvider.SOAPACTION_URI_PROPERTY, "urn:nope");
        new Checks("1.1").check("an unknown SOAPAction is a fault",
            "SOAPFaultException Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
            call -> save(port, call), Checks.callWith("15195550101"));
    }

    private static void check(String version, SyncSoap port, String number, String saved) {
        Checks checks = new Checks(version);
        checks.checkCalls(call -> save(port, call), number, saved);

        ((BindingProvider) port).getBinding().setHandlerChain(List.of(new HeaderBlock()));
        checks.check("a header block that must be understood is a fault",
            "SOAPFaultException MustUnderstand: SOAP header Security was not understood.",
            call -> save(port, call), Checks.callWith(number));
    }

    private static String save(SyncSoap port, Checks.Call call) {
        var request = new ReqSaveAccountPhone();
        request.setSecurityToken(call.token());
        request.setMemberId(call.memberId());
        request.setPhoneNumberTypeExternalReference(call.type());
        request.setPhoneNumber(call.number());
        request.setMobileCarrierExternalReference(call.carrier());
        request.setIsValid(1);
        try {
            var result = port.saveAccountPhone(request);
            return Checks.answer(result.getReturnCode(), result.getSavedPhoneNumber());
        } catch (SOAPFaultException error) {
            var fault = error.getFault();
            return "SOAPFaultException " + fault.getFaultCodeAsQName().getLocalPart() + ": " + fault.getFaultString();
        }
    }

    /** Adds a block that the service must understand, and doesn't. */
    private static final class HeaderBlock implements SOAPHandler<SOAPMessageContext> {
        @Override
        public boolean handleMessage(SOAPMessageContext context) {
            if ((Boolean) context.get(MessageContext.MESSAGE_OUTBOUND_PROPERTY)) {
                try {
                    var envelope = context.getMessage().getSOAPPart().getEnvelope();
                    var header = envelope.getHeader() == null ? envelope.addHeader() : envelope.getHeader();
                    header.addHeaderElement(new QName("urn:nope", "Security")).setMustUnderstand(true);
                } catch (SOAPException error) {
                    throw new IllegalStateException(error);
                }
            }
            return true;
        }

        @Override
        public boolean handleFault(SOAPMessageContext context) {
            return true;
        }

        @Override
        public void close(MessageContext context) {}

        @Override
        public Set<QName> getHeaders() {
            return Set.of();
        }
    }
}
