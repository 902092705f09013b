package dev.touchstone.features.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

class RunConformanceTest {

    @Test
    void failsInOneSentenceWhenNoWorkerIsNamed() {
        assertThat(System.getProperty("touchstone.url")).isNull();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectClass(RunConformance.class))
                .build();
        LauncherFactory.create().execute(request, listener);
        assertThat(listener.getSummary().getTestsSucceededCount()).isZero();
        assertThat(listener.getSummary().getFailures())
                .extracting(failure -> failure.getException().getMessage())
                .anySatisfy(message -> assertThat(message).startsWith("No worker was named: set the system property"));
    }
}
