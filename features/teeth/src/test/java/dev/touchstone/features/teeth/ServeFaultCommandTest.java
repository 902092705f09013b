package dev.touchstone.features.teeth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.touchstone.harness.cli.Command;
import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.target.Dialect;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class ServeFaultCommandTest {

    private static final Fault WIRE = fault("end-sent-twice", Layer.WIRE);
    private static final Fault WORKER = fault("seed-ignored", Layer.WORKER);
    private static final Fault HOST = fault("device-lost", Layer.HOST);
    private static final Fault LIVE = fault("weights-elsewhere", Layer.HOST, true);
    private static final List<Fault> KNOWN = List.of(WIRE, WORKER, HOST, LIVE);

    @Test
    void isACommandOfTheKitThatHelpDoesNotShow() {
        Command found = ServiceLoader.load(Command.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(ServeFaultCommand.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(new CommandLine(found).getCommandSpec().usageMessage().hidden())
                .isTrue();
    }

    @Test
    void servesFaultsOfTheWireAndOfTheWorker() {
        assertThat(ServeFaultCommand.servable("end-sent-twice", KNOWN)).isSameAs(WIRE);
        assertThat(ServeFaultCommand.servable("seed-ignored", KNOWN)).isSameAs(WORKER);
    }

    @Test
    void namesWhatIsNearAnUnknownFault() {
        assertThatThrownBy(() -> ServeFaultCommand.servable("end-sent-twise", KNOWN))
                .isInstanceOf(CommandFailure.class)
                .hasMessage("There is no fault 'end-sent-twise'; near it are end-sent-twice.");
        assertThatThrownBy(() -> ServeFaultCommand.servable("x", KNOWN))
                .hasMessage("There is no fault 'x'; touchstone teeth --list shows all 4.");
    }

    @Test
    void saysWhyAFaultOfTheHostCannotBeServed() {
        assertThatThrownBy(() -> ServeFaultCommand.servable("device-lost", KNOWN))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContainingAll(
                        "'device-lost' cannot be served", "recorded", "touchstone teeth --only device-lost");
    }

    @ParameterizedTest
    @ValueSource(strings = {"65536", "-1", "", "http", "999999", "8080 "})
    void refusesWhatIsNoPort(String text) {
        assertThatThrownBy(() -> ServeFaultCommand.port(text))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("'" + text + "'; accepted is a number from 0 to 65535");
    }

    @Test
    void takesEveryPort() {
        assertThat(ServeFaultCommand.port("0")).isZero();
        assertThat(ServeFaultCommand.port("65535")).isEqualTo(65_535);
    }

    @Test
    void refusesAHostWhereTheWorkerWithoutTheFaultWouldListen() {
        assertThatThrownBy(() -> ServeFaultCommand.refuseHost(WIRE, List.of("--host", "0.0.0.0")))
                .isInstanceOf(CommandFailure.class);
        assertThatThrownBy(() -> ServeFaultCommand.refuseHost(WIRE, List.of("--host=0.0.0.0")))
                .hasMessageContaining("127.0.0.1 only");
        ServeFaultCommand.refuseHost(WIRE, List.of("--max-queue", "4"));
    }

    @Test
    void leavesOtherOptionsToTheWorker() {
        CommandLine command = new CommandLine(new ServeFaultCommand());
        command.parseArgs("--max-queue", "4", "--fault", "seed-ignored", "--log=json", "--port", "0");
        assertThat(command.<ServeFaultCommand>getCommand().options()).containsExactly("--max-queue", "4", "--log=json");
    }

    @Test
    void servesAFaultOfTheHostOnAGpuOnly() {
        assertThat(ServeFaultCommand.servable("weights-elsewhere", KNOWN)).isSameAs(LIVE);
        ServeFaultCommand.refuseWithoutGpu(LIVE, List.of("--gpu-device", "0"));
        ServeFaultCommand.refuseWithoutGpu(LIVE, List.of("--gpu-device=1"));
        ServeFaultCommand.refuseWithoutGpu(WORKER, List.of());
        assertThatThrownBy(() -> ServeFaultCommand.refuseWithoutGpu(LIVE, List.of("--cpu")))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("add --gpu-device N");
    }

    private static Fault fault(String id, Layer layer) {
        return fault(id, layer, false);
    }

    static Fault fault(String id, Layer layer, boolean live) {
        return new Fault(
                id,
                layer,
                "It is wrong.",
                List.of(),
                List.of(),
                Map.of("EV-02", "terminal"),
                Dialect.NATIVE,
                "",
                1,
                List.of(),
                "",
                false,
                false,
                live);
    }
}
