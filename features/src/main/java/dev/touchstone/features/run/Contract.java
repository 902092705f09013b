package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.contract.ContractCatalogue;
import java.io.IOException;
import java.io.InputStream;

/** The contract that this product carries. */
final class Contract {

    /** The frozen profile that this catalogue is. */
    static final String PROFILE = "2026.11";

    private Contract() {}

    static ContractCatalogue catalogue() {
        try (InputStream yaml = Contract.class.getResourceAsStream("/contract/requirements.yaml")) {
            if (yaml == null) {
                throw new CommandFailure("This build of Touchstone carries no contract/requirements.yaml.");
            }
            return ContractCatalogue.read(yaml);
        } catch (IOException e) {
            throw new CommandFailure("The contract cannot be read: " + e.getMessage() + ".");
        }
    }
}
