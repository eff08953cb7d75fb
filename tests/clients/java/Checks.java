/** What Axis and JAX-WS check alike. Each brings a {@link Service}, which fills the classes generated for it. */
final class Checks {
    /** The fields that a check changes; IsValid is always 1. */
    record Call(String token, int memberId, String type, String number, String carrier) {
        Call withToken(String changed) { return new Call(changed, memberId, type, number, carrier); }
        Call withMemberId(int changed) { return new Call(token, changed, type, number, carrier); }
        Call withType(String changed) { return new Call(token, memberId, changed, number, carrier); }
        Call withNumber(String changed) { return new Call(token, memberId, type, changed, carrier); }
        Call withCarrier(String changed) { return new Call(token, memberId, type, number, changed); }
    }

    interface Service {
        /** Saves, and tells what came back in words: a refusal seen as a fault then reads as one. */
        String outcome(Call call) throws Exception;
    }

    private final String version;

    Checks(String version) {
        this.version = version;
    }

    static Call callWith(String number) {
        return new Call("TEST-TOKEN", 1001, "WORK", number, "TELUS");
    }

    static String answer(int code, String saved) {
        return code + (saved == null ? " without a number" : " '" + saved + "'");
    }

    /** Saves a number, and has the platform refuse it for one reason after the other. */
    void checkCalls(Service service, String number, String saved) {
        Call good = callWith(number);
        check("a number is saved", answer(0, saved), service, good);
        check("the carrier may be left out", answer(0, saved), service, good.withCarrier(null));
        check("an unknown token is 100", answer(100, ""), service, good.withToken("NO-TOKEN"));
        check("an unknown phone number type is 308", answer(308, ""), service, good.withType("FAX"));
        check("an unknown member is 311", answer(311, ""), service, good.withMemberId(9999));
        check("another member's number is 315", answer(315, ""), service, good.withNumber("+1 519 555 0199"));
        check("an unknown carrier is 316", answer(316, ""), service, good.withCarrier("NOBODY"));
    }

    void check(String name, String expected, Service service, Call call) {
        String got;
        try {
            got = service.outcome(call);
        } catch (Exception error) {
            got = error.toString();
        }
        String told = "SOAP " + version + ": " + name;
        if (got.equals(expected)) {
            System.out.println("ok: " + told);
        } else {
            System.out.println("failed: " + told + ": expected " + expected + ", got " + got);
        }
    }
}
