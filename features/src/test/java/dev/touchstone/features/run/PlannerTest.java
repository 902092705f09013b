package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.touchstone.harness.client.OpenAiWire;
import dev.touchstone.harness.contract.Profile;
import dev.touchstone.harness.contract.Requirement;
import dev.touchstone.harness.target.Capabilities;
import dev.touchstone.harness.target.Target;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final OpenAiWire WIRE = new OpenAiWire("m", OpenAiWire.Route.COMPLETIONS, true);

    private final Planner planner = new Planner(
            Contract.catalogue(),
            List.of(
                    scenario("a", "EV-02"),
                    scenario("b", "EV-02", "VR-01"),
                    scenario("c", "OA-01"),
                    scenario("d", "LI-03"),
                    scenario("e", "VR-02")));

    @Test
    void leavesOutWhatTheWorkerLacksAndSaysWhy() {
        Plan plan = planner.plan(facts(false, false, false), Optional.empty(), Set.of());
        assertThat(plan.planned()).extracting(Requirement::id).containsExactly("EV-02");
        assertThat(plan.scenarios()).extracting(FoundScenario::id).containsExactly("a");
        assertThat(plan.left())
                .containsEntry(
                        "gpu: inconclusive here: the worker says that it is not resident, and no evidence from a GPU can be read",
                        List.of("VR-01", "VR-02"))
                .containsEntry("openai: GET /v1/models does not answer 200", List.of("OA-01"))
                .containsEntry("launch: the kit did not start the worker (--worker-command)", List.of("LI-03"));
    }

    @Test
    void plansAllThatACapableWorkerOffers() {
        Plan plan = planner.plan(facts(true, true, true), Optional.empty(), Set.of());
        assertThat(plan.scenarios()).hasSize(5);
    }

    @Test
    void leavesOutAScenarioThatAlsoProvesWhatCannotBeHadThoughItWasNotAskedFor() {
        Plan plan = planner.plan(facts(false, false, false), Optional.of("EV-02"), Set.of());
        assertThat(plan.scenarios()).extracting(FoundScenario::id).containsExactly("a");
    }

    @Test
    void plansWhatIsAskedForByNameOrProfile() {
        assertThat(planner.plan(facts(false, false, false), Optional.of("VR-02"), Set.of())
                        .scenarios())
                .extracting(FoundScenario::id)
                .containsExactly("e");
        assertThat(planner.plan(facts(false, false, false), Optional.empty(), Set.of(Profile.GPU))
                        .planned())
                .extracting(Requirement::id)
                .containsExactly("EV-02", "VR-01", "VR-02");
    }

    @Test
    void saysUnsupportedOfWhatTheDialectCannotExpress() {
        var two = new Planner(
                Contract.catalogue(),
                List.of(scenario("a", "EV-02"), scenario("n", "EV-02", "native"), scenario("b", "EV-03")));
        TargetFacts facts = facts(false, true, false);
        var foreign =
                new TargetFacts(facts.target().withWire(WIRE), facts.capabilities(), facts.launched(), facts.health());
        Plan plan = two.plan(foreign, Optional.of("EV-02,EV-03"), Set.of());
        assertThat(plan.scenarios()).extracting(FoundScenario::id).containsExactly("a");
        assertThat(plan.unsupported())
                .containsExactly(Map.entry("the OpenAI dialect has no started event", List.of("EV-03")));
        assertThat(plan.planned()).extracting(Requirement::id).containsExactly("EV-02", "EV-03");
        Summary summary = Summary.of(plan, List.of(), Manner.PLAIN, Expectations.NONE, LocalDate.EPOCH);
        assertThat(summary.totals().count(Kind.UNSUPPORTED)).isEqualTo(1);
    }

    @Test
    void namesOnlyRequirementsThatThereAreAsGaps() {
        assertThat(Contract.catalogue().requirements())
                .extracting(Requirement::id)
                .containsAll(OpenAiGaps.read().byId().keySet());
    }

    private static FoundScenario scenario(String id, String... tags) {
        return new FoundScenario(id, id, "features/x.feature", 1, id, Set.of(tags));
    }

    private static TargetFacts facts(boolean resident, boolean openai, boolean launched) {
        JsonNode health = new ObjectMapper().createObjectNode().put("resident", resident);
        Target bare = Target.at("http://127.0.0.1:1");
        return new TargetFacts(openai ? bare.withOpenAi(WIRE) : bare, Capabilities.of(health, "{}"), launched, health);
    }
}
