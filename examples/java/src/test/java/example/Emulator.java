package example;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Optional;

/** The emulator, for a test class: started on a free port, and its control plane. */
final class Emulator implements AutoCloseable {
    static final String SEED = """
        {"security_tokens":[{"token":"SUITE","methods":["*"]}],
         "phone_number_types":[{"external_reference":"HOME","name":"Home"}],
         "members":[{"member_id":1,"first_name":"Ada"},
           {"member_id":2,"first_name":"Alan","phones":[{"type":"HOME","number":"+15195550199"}]}]}""";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final String url;

    private Emulator(Process process, String url) {
        this.process = process;
        this.url = url;
    }

    static Emulator start() throws IOException {
        String program = Optional.ofNullable(System.getenv("SYNC_ASMX")).orElse("sync-asmx");
        Process process = new ProcessBuilder(program, "--listen", "127.0.0.1:0", "--ledger", "memory:")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
        String line = new BufferedReader(new InputStreamReader(process.getInputStream())).readLine();
        if (line == null || !line.startsWith("listening on ")) {
            process.destroy();
            throw new IllegalStateException(program + " doesn't listen: " + line);
        }
        return new Emulator(process, line.substring("listening on ".length()).trim());
    }

    @Override
    public void close() {
        process.destroy();
    }

    URL wsdl() throws MalformedURLException {
        return new URL(url + "/Services/Sync.asmx?WSDL");
    }

    /** Asks the control plane; a body may be empty. */
    String ask(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/_emulator/" + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new IllegalStateException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
