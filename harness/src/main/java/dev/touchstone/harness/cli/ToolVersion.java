package dev.touchstone.harness.cli;

import java.util.Optional;

/** The version of this kit. */
public final class ToolVersion {

    private ToolVersion() {}

    /** The version from the jar's manifest, or {@code development} where classes run without a jar. */
    public static String text() {
        return Optional.ofNullable(ToolVersion.class.getPackage().getImplementationVersion())
                .orElse("development");
    }
}
