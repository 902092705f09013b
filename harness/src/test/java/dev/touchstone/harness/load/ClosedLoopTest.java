package dev.touchstone.harness.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {

    @Test
    void keepsThatManyRequestsUnderWayAndNoMore() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        var together = new CountDownLatch(4);
        AtomicLong clock = new AtomicLong();
        ClosedLoop.Run<Integer> run = new ClosedLoop(4, 3, () -> clock.addAndGet(7)).run(number -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            together.countDown();
            assertThat(together.await(20, TimeUnit.SECONDS)).isTrue();
            now.decrementAndGet();
            return number;
        });
        assertThat(most).hasValue(4);
        assertThat(run.results()).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
        assertThat(run.nanos()).isEqualTo(7);
    }

    @Test
    void tellsOfARequestThatFailedByAnException() {
        assertThatThrownBy(() -> new ClosedLoop(2, 1).run(number -> {
                    throw new IllegalStateException("request " + number);
                }))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("request");
    }

    @Test
    void refusesALoopOfNothing() {
        assertThatThrownBy(() -> new ClosedLoop(0, 1)).hasMessageContaining("1 or more");
    }
}
