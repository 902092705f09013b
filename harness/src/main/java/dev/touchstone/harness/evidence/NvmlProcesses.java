package dev.touchstone.harness.evidence;

import dev.touchstone.harness.evidence.DeviceReading.ProcessVram;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Asks NVML which processes hold memory of a device: those that compute by themselves and those of MPS. */
final class NvmlProcesses {

    private static final String COMPUTE = "nvmlDeviceGetComputeRunningProcesses";
    private static final String MPS = "nvmlDeviceGetMPSComputeRunningProcesses";
    /** Newest first; a driver has all up to its own. */
    private static final List<String> VERSIONS = List.of("_v3", "_v2", "");
    /** Processes start while we ask: more room than NVML said is needed, and a few tries. */
    private static final int SPARE = 16;

    private static final int TRIES = 5;
    private static final int MOST = 1 << 16;

    private final NvmlLibrary nvml;
    private final MemorySegment device;
    private final String index;

    NvmlProcesses(NvmlLibrary nvml, MemorySegment device, String index) {
        this.nvml = nvml;
        this.device = device;
        this.index = index;
    }

    /** What a call gave: a status and, where it is success, the processes. */
    private record Answer(int status, List<ProcessVram> processes, int needed) {}

    Reading<List<ProcessVram>> read() {
        Answer compute = ask(COMPUTE);
        if (compute.status() != NvmlStatus.SUCCESS) {
            return Reading.none("NVML does not list the processes of GPU %s: %s"
                    .formatted(index, NvmlStatus.text(compute.status())));
        }
        List<ProcessVram> all = new ArrayList<>(compute.processes());
        ask(MPS).processes().stream()
                .filter(p -> all.stream().noneMatch(known -> known.pid() == p.pid()))
                .forEach(all::add);
        return Reading.of(List.copyOf(all));
    }

    private Answer ask(String function) {
        for (String version : VERSIONS) {
            int bytes = version.isEmpty() ? NvmlLayouts.PROCESS_V1_BYTES : NvmlLayouts.PROCESS_V2_BYTES;
            Answer answer = askWithRoom(function + version, bytes);
            if (answer.status() != NvmlStatus.FUNCTION_NOT_FOUND) {
                return answer;
            }
        }
        return new Answer(NvmlStatus.FUNCTION_NOT_FOUND, List.of(), 0);
    }

    private Answer askWithRoom(String function, int bytes) {
        Answer answer = call(function, bytes, SPARE);
        for (int i = 0; i < TRIES && answer.status() == NvmlStatus.INSUFFICIENT_SIZE; i++) {
            answer = call(function, bytes, Math.clamp(answer.needed(), 0, MOST) + SPARE);
        }
        return answer;
    }

    private Answer call(String function, int bytes, int room) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocateFrom(NvmlLayouts.U32, room);
            MemorySegment buffer = arena.allocate((long) room * NvmlLayouts.PROCESS_535_BYTES, Long.BYTES);
            buffer.fill(NvmlLayouts.UNTOUCHED);
            int status = nvml.call(function, device, count, buffer);
            int told = count.get(NvmlLayouts.U32, 0);
            if (status != NvmlStatus.SUCCESS) {
                return new Answer(status, List.of(), told);
            }
            int listed = Math.clamp(told, 0, room);
            int stride = NvmlLayouts.processStride(buffer, listed, bytes);
            return new Answer(status, NvmlLayouts.processes(buffer, listed, stride), told);
        }
    }
}
