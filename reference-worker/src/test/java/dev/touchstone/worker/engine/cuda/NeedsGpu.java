package dev.touchstone.worker.engine.cuda;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips tests where no GPU can be used. */
final class NeedsGpu implements ExecutionCondition {

    /** The GPU to test on. */
    static CudaDevice device() {
        return switch (GpuSearch.on(Optional.empty())) {
            case GpuSearch.Found found -> found.device();
            case GpuSearch.None none -> throw new IllegalStateException(none.why());
        };
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return switch (GpuSearch.on(Optional.empty())) {
            case GpuSearch.Found found ->
                ConditionEvaluationResult.enabled("on " + found.device().label());
            case GpuSearch.None none -> {
                if ("required".equals(System.getProperty("touchstone.gpu"))) {
                    throw new ExtensionConfigurationException("A GPU is required: " + none.why() + ".");
                }
                yield ConditionEvaluationResult.disabled("No GPU can be used here: " + none.why() + ".");
            }
        };
    }
}
