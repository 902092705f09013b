package dev.touchstone.worker.fault;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/** The build's step that weaves every fault: {@code WeaveAll FOLDER}. One that does not fit the worker fails the build. */
final class WeaveAll {

    private WeaveAll() {}

    public static void main(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        SortedMap<String, List<Weave>> all = WorkerFaults.all();
        for (Map.Entry<String, List<Weave>> fault : all.entrySet()) {
            try {
                WovenFault.write(root, fault.getKey(), new Weaver(fault.getValue()).woven());
            } catch (NotWoven e) {
                FaultAgent.end(fault.getKey() + ": " + e.getMessage());
            }
        }
        WovenFault.writeIndex(root, new java.util.TreeSet<>(all.keySet()));
    }
}
