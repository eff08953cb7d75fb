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
import org.w3c.dom.Element;
import sync.ArrayOfRecCustomFieldKeyValuePair;
import sync.RecCustomFieldKeyValuePair;
import sync.RespFetchAccountIds;
import sync.Sync;
import sync.SyncSoap;

/** JAX-WS makes the calls of the table in SOAP 1.1 and 1.2: JaxWsClient BASE_URL */
final class JaxWsClient extends Checks {
    public static void main(String[] arguments) throws Exception {
        // The WSDL names the endpoint as well.
        Sync service = new Sync(new URL(arguments[0] + "/Services/Sync.asmx?WSDL"));
        check("1.1", service.getSyncSoap());
        check("1.2", service.getSyncSoap12());

        // In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
        SyncSoap port = service.getSyncSoap();
        ((BindingProvider) port).getRequestContext().put(BindingProvider.SOAPACTION_USE_PROPERTY, true);
        ((BindingProvider) port).getRequestContext().put(BindingProvider.SOAPACTION_URI_PROPERTY, "urn:nope");
        Checks checks = new JaxWsClient("1.1", port);
        checks.check("an unknown SOAPAction is a fault",
            "Fault Client: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
            checks.outcome("FetchAccountIds", "MemberId=1002"));
    }

    private static void check(String version, SyncSoap port) throws Exception {
        Checks checks = new JaxWsClient(version, port);
        checks.checkCalls();

        ((BindingProvider) port).getBinding().setHandlerChain(List.of(new HeaderBlock()));
        checks.checkHeaderBlock();
    }

    private JaxWsClient(String version, SyncSoap port) {
        super(version, port);
    }

    @Override
    Object array(List<Object> pairs) {
        var array = new ArrayOfRecCustomFieldKeyValuePair();
        pairs.forEach(pair -> array.getRecCustomFieldKeyValuePair().add((RecCustomFieldKeyValuePair) pair));
        return array;
    }

    @Override
    String fault(Throwable error) {
        if (!(error instanceof SOAPFaultException)) {
            return null;
        }
        var fault = ((SOAPFaultException) error).getFault();
        return fault.getFaultCodeAsQName().getLocalPart() + ": " + fault.getFaultString();
    }

    @Override
    List<Element> elements(Object dataSet) {
        return List.of((Element) ((RespFetchAccountIds.AccountIds) dataSet).getAny());
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
