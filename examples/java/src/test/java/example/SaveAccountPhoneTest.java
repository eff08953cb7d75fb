package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.xml.ws.soap.SOAPFaultException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sync.ReqSaveAccountPhone;
import sync.RespSaveAccountPhone;
import sync.Sync;
import sync.SyncSoap;

final class SaveAccountPhoneTest {
    private static Emulator emulator;
    private static SyncSoap port;

    @BeforeAll
    static void start() throws Exception {
        emulator = Emulator.start();
        emulator.ask("PUT", "programs/suite", Emulator.SEED);
        port = new Sync(emulator.wsdl()).getSyncSoap();
    }

    @AfterAll
    static void stop() {
        if (emulator != null) {
            emulator.close();
        }
    }

    /** The program of this suite, as it was put: a reset clears its journal and faults, too. */
    @BeforeEach
    void reset() throws Exception {
        emulator.ask("POST", "programs/suite/reset", "");
    }

    /** What is tested: here a call by JAX-WS, in your suite your own client. */
    private static RespSaveAccountPhone save(int member, String number) {
        var request = new ReqSaveAccountPhone();
        request.setSecurityToken("SUITE");
        request.setMemberId(member);
        request.setPhoneNumberTypeExternalReference("HOME");
        request.setPhoneNumber(number);
        request.setIsValid(1);
        return port.saveAccountPhone(request);
    }

    @Test
    void aNumberIsSaved() throws Exception {
        var answer = save(1, "+1 (519) 555-0123");
        assertEquals(0, answer.getReturnCode());
        assertEquals("+1 519-555-0123", answer.getSavedPhoneNumber());
        assertTrue(emulator.ask("GET", "programs/suite/members/1", "").contains("\"number\":\"+15195550123\""));
    }

    @Test
    void aNumberOfAnotherMemberIs315() {
        assertEquals(315, save(1, "+1 519 555 0199").getReturnCode());
    }

    @Test
    void aCallThatBreaksOnPurposeIsMadeAgain() throws Exception {
        emulator.ask("POST", "faults", """
            {"program":"suite","operation":"SaveAccountPhone","times":1,"answer":{"soap_fault":"Timeout expired."}}""");
        var fault = assertThrows(SOAPFaultException.class, () -> save(1, "+1 519 555 0123"));
        assertTrue(fault.getMessage().contains("Timeout expired."), fault.getMessage());
        assertEquals(0, save(1, "+1 519 555 0123").getReturnCode());
        String journal = emulator.ask("GET", "journal?program=suite&operation=SaveAccountPhone", "");
        var codes = Pattern.compile("\"return_code\":(null|\\d+)").matcher(journal).results();
        assertEquals(List.of("null", "0"), codes.map((MatchResult found) -> found.group(1)).toList());
    }
}
