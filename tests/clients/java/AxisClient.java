import java.net.URL;
import org.apache.axis.AxisFault;
import org.apache.axis.client.Stub;
import org.apache.axis.message.SOAPHeaderElement;
import sync.ReqSaveAccountPhone;
import sync.SyncLocator;
import sync.SyncSoap_PortType;

/** Axis 1.4 saves phone numbers in SOAP 1.1, the one binding that WSDL2Java makes classes of: AxisClient BASE_URL */
final class AxisClient {
    public static void main(String[] arguments) throws Exception {
        URL endpoint = new URL(arguments[0] + "/Services/Sync.asmx");
        SyncSoap_PortType port = new SyncLocator().getSyncSoap(endpoint);
        Checks checks = new Checks("1.1");
        checks.checkCalls(call -> save(port, call), "+1 (519) 555-0191", "+1 519-555-0191");

        SOAPHeaderElement block = new SOAPHeaderElement("", "Security");
        block.setMustUnderstand(true);
        ((Stub) port).setHeader(block);
        checks.check("a header block that must be understood is a fault",
            "AxisFault MustUnderstand: SOAP header Security was not understood.",
            call -> save(port, call), Checks.callWith("15195550191"));
    }

    private static String save(SyncSoap_PortType port, Checks.Call call) throws Exception {
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
        } catch (AxisFault fault) {
            return "AxisFault " + fault.getFaultCode().getLocalPart() + ": " + fault.getFaultString();
        }
    }
}
