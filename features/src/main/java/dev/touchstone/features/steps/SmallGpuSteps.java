package dev.touchstone.features.steps;

import dev.touchstone.harness.check.ModelFacts;
import dev.touchstone.harness.check.VramRefusal;
import dev.touchstone.harness.evidence.Depth;
import dev.touchstone.harness.evidence.DeviceReading;
import dev.touchstone.harness.evidence.Reading;
import dev.touchstone.harness.launch.LaunchFailure;
import dev.touchstone.harness.launch.LaunchedWorker;
import dev.touchstone.harness.launch.ModelFiles;
import dev.touchstone.harness.target.Dialect;
import io.cucumber.java.en.Then;
import io.cucumber.java.en.When;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Starting the worker with more than its GPU can hold. Public because Cucumber makes it. */
public final class SmallGpuSteps {
    private static final long MORE = 1L << 30;
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(25);

    private final World world;
    private final Asking asking;

    public SmallGpuSteps(World world, Asking asking) {
        this.world = world;
        this.asking = asking;
    }

    @When("the worker is started with a model larger than the GPU")
    public void tooLarge() throws InterruptedException {
        world.act(() -> {
            HostLook host = new HostLook(world, asking);
            host.demandResidency();
            if (world.wire().dialect() != Dialect.NATIVE) {
                throw world.unsupported(
                        "the command line of another worker is its own; how it takes a model is not known");
            }
            if (world.launcher().template().isShellText()) {
                throw world.inconclusive("the worker command runs through a shell's -c, so that no model can be named");
            }
            Reading<List<DeviceReading>> gpus = host.probe()
                    .look(ProcessHandle.current().pid(), Depth.QUICK, 0)
                    .gpus();
            List<DeviceReading> devices =
                    gpus.found().orElseThrow(() -> world.inconclusive("the GPU cannot be read here: " + gpus.reason()));
            begin(devices);
        });
    }

    private void begin(List<DeviceReading> devices) throws InterruptedException {
        long total = 0;
        long free = 0;
        for (DeviceReading device : devices) {
            Optional<DeviceReading.DeviceMemory> memory = device.memory().found();
            total += memory.map(DeviceReading.DeviceMemory::total).orElse(0L);
            free += memory.map(DeviceReading.DeviceMemory::free).orElse(0L);
            world.add("devices", device.name());
            world.add("devices", device.uuid());
        }
        if (total == 0) {
            throw world.inconclusive("the memory of the GPU cannot be read here");
        }
        try (ModelFiles files = ModelFiles.create()) {
            ModelFiles.Huge huge = files.huge(total + MORE);
            world.remember("model", huge.path().toString());
            world.remember("needed", huge.tensorBytes());
            world.remember("free", free);
            try (LaunchedWorker worker = world.launcher()
                    .withOption("--model", huge.path().toString())
                    .begin()) {
                watch(worker);
            }
        } catch (LaunchFailure | IOException e) {
            throw new KitFailure("A start with a large model could not be tried: " + e.getMessage());
        }
    }

    private void watch(LaunchedWorker worker) throws InterruptedException {
        long deadline = System.nanoTime() + asking.budgets().startUp().toNanos();
        boolean opened = false;
        Optional<Integer> status = Optional.empty();
        while (!opened && status.isEmpty() && System.nanoTime() < deadline) {
            status = worker.awaitExit(BETWEEN_LOOKS);
            opened = status.isEmpty() && worker.listens();
        }
        worker.kill();
        world.remember("opened", opened);
        world.remember("status", status.orElse(-1));
        world.remember("log", worker.log());
    }

    @Then("it ends with exit status 1 and a line that names both amounts, device and model")
    public void refused() {
        int status = world.recall("status", Integer.class);
        var start = new VramRefusal.Start(
                status < 0 ? OptionalInt.empty() : OptionalInt.of(status),
                world.recall("log", String.class),
                world.recall("opened", Boolean.class),
                world.recall("model", String.class),
                Reading.of(world.recall("free", Long.class)),
                world.recallAll("devices", String.class));
        world.record(VramRefusal.judgeMadeUp(
                start, new ModelFacts(OptionalLong.of(world.recall("needed", Long.class)), Optional.empty())));
    }
}
