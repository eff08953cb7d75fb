"""The emulator in a container, for tests in Python: `with SyncAsmxContainer() as emulator: emulator.url()`. Not run here."""

import time
import urllib.request

from testcontainers.core.container import DockerContainer

# What its control plane asks for: the tests are outside the container.
ADMIN_TOKEN = "only-for-tests"


class SyncAsmxContainer(DockerContainer):
    def __init__(self, image="sync-asmx"):
        super().__init__(image)
        self.with_command("--ledger memory:")
        self.with_env("SYNC_ASMX_ADMIN_TOKEN", ADMIN_TOKEN)
        self.with_exposed_ports(8080)

    def start(self):
        super().start()
        until = time.monotonic() + 30
        while True:
            try:
                # Needs no token.
                return urllib.request.urlopen(f"{self.url()}/_emulator/ready", timeout=5) and self
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def url(self):
        """The port is another one each time. The WSDL prints the address that it was asked by, so no --public-url is needed."""
        return f"http://{self.get_container_host_ip()}:{self.get_exposed_port(8080)}"
