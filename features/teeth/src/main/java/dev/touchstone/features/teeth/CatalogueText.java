package dev.touchstone.features.teeth;

import java.io.PrintWriter;
import java.util.List;

/** Shows the catalogue to a person. */
record CatalogueText(PrintWriter out) {

    void print(FaultCatalogue catalogue, Chosen chosen) {
        for (Fault fault : chosen.faults()) {
            out.println(String.join(" ", fault.requirements()) + "  " + fault.id() + "  ("
                    + fault.layer().key()
                    + (fault.fast() ? ", fast" : "")
                    + (fault.live() ? ", live with --gpu-device" : "")
                    + (fault.bugs().isEmpty() ? "" : ", " + String.join(" ", fault.bugs())) + ")");
            out.println(
                    "    " + fault.what() + (fault.intermittent().isEmpty() ? "" : " (" + fault.intermittent() + ")"));
        }
        chosen.innocents().forEach(innocent -> {
            out.println("innocent  " + innocent.id() + "  (" + innocent.layer().key() + ")");
            out.println("    " + innocent.what() + " [" + innocent.source() + "]");
        });
        List<String> gaps = catalogue.gaps();
        out.println();
        out.println(chosen.faults().size() + " faults, " + chosen.innocents().size() + " innocents, "
                + catalogue.unseen().size() + " not to be seen from outside, " + gaps.size() + " gaps"
                + (gaps.isEmpty() ? "" : ": " + String.join(" | ", gaps)));
        out.flush();
    }
}
