package dev.touchstone.features.run;

import dev.touchstone.harness.cli.CommandFailure;
import dev.touchstone.harness.json.JsonDocument;
import dev.touchstone.harness.json.MalformedEvidence;
import dev.touchstone.harness.json.StrictNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** What an earlier run left in its results directory to be judged again. */
record EarlierEvidence(RunFile run, Map<RunFile.Ran, RecordedScenario> scenarios) implements RunSession.Earlier {

    /** @throws CommandFailure with one sentence where a file is missing or damaged */
    static EarlierEvidence read(Path results) {
        Path runFile = results.resolve(RunFile.PLACE);
        if (!Files.exists(runFile)) {
            throw new CommandFailure("There is no " + runFile
                    + " and so nothing to judge again; accepted is the results directory of a run.");
        }
        RunFile run = read(runFile, RunFile::read);
        Map<RunFile.Ran, RecordedScenario> scenarios = new LinkedHashMap<>();
        for (RunFile.Ran ran : run.ran()) {
            Path file = results.resolve(EvidenceFiles.folder(ran.scenario(), ran.round()))
                    .resolve(EvidenceFiles.KEPT);
            RecordedScenario scenario = read(file, RecordedScenario::read);
            if (!scenario.id().equals(ran.scenario()) || scenario.round() != ran.round()) {
                throw new CommandFailure("The evidence " + file + " is damaged: it is of " + scenario.id() + ", not of "
                        + ran.scenario() + ".");
            }
            scenarios.put(ran, scenario);
        }
        return new EarlierEvidence(run, scenarios);
    }

    @Override
    public Optional<RecordedScenario> scenario(String id, int round) {
        return Optional.ofNullable(scenarios.get(new RunFile.Ran(id, round)));
    }

    private static <T> T read(Path file, Function<StrictNode, T> form) {
        try {
            return form.apply(JsonDocument.read(Files.readString(file)));
        } catch (NoSuchFileException e) {
            throw new CommandFailure("The evidence " + file + " is missing, so the run cannot be judged again.");
        } catch (CharacterCodingException e) {
            throw new CommandFailure("The evidence " + file + " is damaged: it is not UTF-8.");
        } catch (IOException e) {
            throw new CommandFailure("The evidence " + file + " cannot be read: " + e.getMessage() + ".");
        } catch (MalformedEvidence e) {
            throw new CommandFailure("The evidence " + file + " is damaged: " + e.getMessage() + ".");
        }
    }
}
