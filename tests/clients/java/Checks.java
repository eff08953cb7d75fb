import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** What Axis and JAX-WS check alike, on the classes that are generated for them. */
abstract class Checks {
    private static final String DATA_SET = "http://tempuri.org/dsAccountIds.xsd";

    /** A line of the table whose path is in CALLS. */
    record Call(String name, String operation, String sent, String expected) {}

    private final String version;
    private final Object port;

    Checks(String version, Object port) {
        this.version = version;
        this.port = port;
    }

    /** The array as this client has it, of these pairs. */
    abstract Object array(List<Object> pairs);

    /** What a fault says; null if the error is none. */
    abstract String fault(Throwable error);

    /** The element with the diffgram, in what was generated for the data set. */
    abstract List<Element> elements(Object dataSet) throws Exception;

    static List<Call> calls() throws Exception {
        return Files.readAllLines(Path.of(System.getenv("CALLS"))).stream()
            .filter(line -> !line.startsWith("#") && line.contains(" | "))
            .map(line -> line.split(" \\| "))
            .map(cells -> new Call(cells[0], cells[1], cells[2], cells[3]))
            .toList();
    }

    /** Makes all calls but those whose records can't be said in Java. */
    void checkCalls() throws Exception {
        for (Call call : calls()) {
            if (!call.expected().startsWith("Fault: ")) {
                check(call.name(), call.expected(), outcome(call.operation(), call.sent()));
            }
        }
    }

    /** Has each operation refused by a fault; the port adds a header block by now. */
    void checkHeaderBlock() throws Exception {
        Set<String> seen = new LinkedHashSet<>();
        for (Call call : calls()) {
            if (seen.add(call.operation())) {
                check(call.operation() + " with a header block that must be understood is a fault",
                    "Fault MustUnderstand: SOAP header Security was not understood.", outcome(call.operation(), call.sent()));
            }
        }
    }

    /** What came back, as the table has it: a refusal seen as a fault then reads as one. */
    String outcome(String operation, String sent) {
        try {
            Method method = find(port, Character.toLowerCase(operation.charAt(0)) + operation.substring(1));
            Object record = method.getParameterTypes()[0].getConstructor().newInstance();
            set(record, "SecurityToken", "TEST-TOKEN");
            for (String field : sent.split("; ")) {
                String[] parts = field.split("=", 2);
                set(record, parts[0], parts[0].equals("CustomFieldPairs") ? array(pairs(parts[1])) : parts[1]);
            }
            return words(method.invoke(port, record));
        } catch (InvocationTargetException error) {
            String fault = fault(error.getCause());
            return fault == null ? error.getCause().toString() : "Fault " + fault;
        } catch (Exception error) {
            return error.toString();
        }
    }

    private static List<Object> pairs(String text) throws Exception {
        List<Object> pairs = new ArrayList<>();
        for (String pair : text.substring(1, text.length() - 1).split(", ")) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split(":");
                Object item = Class.forName("sync.RecCustomFieldKeyValuePair").getConstructor().newInstance();
                set(item, "CustomFieldExternalReference", parts[0]);
                set(item, "CustomFieldValue", parts[1]);
                pairs.add(item);
            }
        }
        return pairs;
    }

    private String words(Object result) throws Exception {
        TreeMap<String, String> words = new TreeMap<>();
        for (Method method : result.getClass().getDeclaredMethods()) {
            boolean isGetter = method.getName().startsWith("get") && method.getParameterCount() == 0;
            if (isGetter && !Modifier.isStatic(method.getModifiers())) {
                String name = method.getName().substring(3);
                Object value = method.invoke(result);
                if (value != null) {
                    words.put(name, name.equals("AccountIds") ? rows(elements(value)) : value.toString());
                }
            }
        }
        return String.join("; ", words.entrySet().stream().map(word -> word.getKey() + "=" + word.getValue()).toList());
    }

    private static String rows(List<Element> elements) {
        List<String> rows = new ArrayList<>();
        for (Element element : elements) {
            NodeList found = element.getElementsByTagNameNS(DATA_SET, "AccountIds");
            for (int i = 0; i < found.getLength(); i++) {
                List<String> columns = new ArrayList<>();
                for (Node column = found.item(i).getFirstChild(); column != null; column = column.getNextSibling()) {
                    columns.add(column.getTextContent());
                }
                rows.add(String.join("/", columns));
            }
        }
        return String.join(", ", rows);
    }

    private static void set(Object record, String field, Object value) throws Exception {
        Method setter = find(record, "set" + field);
        boolean isInt = setter.getParameterTypes()[0] == int.class;
        // What is too large for an int is told by a fault before it is read.
        setter.invoke(record, isInt ? (Object) (int) Long.parseLong(value.toString()) : value);
    }

    private static Method find(Object object, String name) throws NoSuchMethodException {
        for (Method method : object.getClass().getMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == 1) {
                return method;
            }
        }
        throw new NoSuchMethodException(name);
    }

    void check(String name, String expected, String got) {
        String told = "SOAP " + version + ": " + name;
        if (got.equals(expected)) {
            System.out.println("ok: " + told);
        } else {
            System.out.println("failed: " + told + ": expected " + expected + ", got " + got);
        }
    }
}
