import java.net.URL;
import java.util.ArrayList;
import java.util.List;
import org.apache.axis.AxisFault;
import org.apache.axis.client.Stub;
import org.apache.axis.message.MessageElement;
import org.apache.axis.message.SOAPHeaderElement;
import org.w3c.dom.Element;
import sync.RecCustomFieldKeyValuePair;
import sync.RespFetchAccountIdsAccountIds;
import sync.SyncLocator;
import sync.SyncSoap_PortType;

/** Axis 1.4 makes the calls of the table in SOAP 1.1, the one binding that WSDL2Java makes classes of: AxisClient BASE_URL */
final class AxisClient extends Checks {
    public static void main(String[] arguments) throws Exception {
        URL endpoint = new URL(arguments[0] + "/Services/Sync.asmx");
        SyncSoap_PortType port = new SyncLocator().getSyncSoap(endpoint);
        AxisClient checks = new AxisClient(port);
        checks.checkCalls();

        SOAPHeaderElement block = new SOAPHeaderElement("", "Security");
        block.setMustUnderstand(true);
        ((Stub) port).setHeader(block);
        checks.checkHeaderBlock();
    }

    private AxisClient(SyncSoap_PortType port) {
        super("1.1", port);
    }

    @Override
    Object array(List<Object> pairs) {
        return pairs.toArray(new RecCustomFieldKeyValuePair[0]);
    }

    @Override
    String fault(Throwable error) {
        return error instanceof AxisFault fault ? fault.getFaultCode().getLocalPart() + ": " + fault.getFaultString() : null;
    }

    @Override
    List<Element> elements(Object dataSet) throws Exception {
        List<Element> elements = new ArrayList<>();
        for (MessageElement element : ((RespFetchAccountIdsAccountIds) dataSet).get_any()) {
            elements.add(element.getAsDOM());
        }
        return elements;
    }
}
