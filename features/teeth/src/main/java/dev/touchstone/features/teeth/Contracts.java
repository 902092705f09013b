package dev.touchstone.features.teeth;

import dev.touchstone.harness.contract.ContractCatalogue;
import java.io.IOException;
import java.io.InputStream;

/** The contract that this build carries. */
final class Contracts {

    private Contracts() {}

    static ContractCatalogue current() {
        try (InputStream yaml = Contracts.class.getResourceAsStream("/contract/requirements.yaml")) {
            if (yaml == null) {
                throw new MalformedFaults("This build of Touchstone carries no contract/requirements.yaml.");
            }
            return ContractCatalogue.read(yaml);
        } catch (IOException e) {
            throw new MalformedFaults("The contract cannot be read: " + e.getMessage() + ".");
        }
    }
}
