import java.time.Duration;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** The emulator in a container, for tests in Java: `new SyncAsmxContainer()`, `start()`. Not run here. */
public final class SyncAsmxContainer extends GenericContainer<SyncAsmxContainer> {
    /** What its control plane asks for: the tests are outside the container. */
    public static final String ADMIN_TOKEN = "only-for-tests";

    public SyncAsmxContainer() {
        super(DockerImageName.parse("sync-asmx"));
        withCommand("--ledger", "memory:");
        withEnv("SYNC_ASMX_ADMIN_TOKEN", ADMIN_TOKEN);
        withExposedPorts(8080);
        // Needs no token.
        waitingFor(Wait.forHttp("/_emulator/ready").forPort(8080).withStartupTimeout(Duration.ofSeconds(30)));
    }

    /** The port is another one each time. The WSDL prints the address that it was asked by, so no --public-url is needed. */
    public String url() {
        return "http://" + getHost() + ":" + getMappedPort(8080);
    }

    public String wsdl() {
        return url() + "/Services/Sync.asmx?WSDL";
    }
}
