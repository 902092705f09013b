package dev.touchstone.worker.http;

import dev.touchstone.worker.job.Job;
import dev.touchstone.worker.job.JobEvent;
import dev.touchstone.worker.telemetry.JsonText;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Job events to SSE frames: LF line ends, the data of an event on one line. */
final class EventWriter implements FrameWriter {
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Job job;
    private final String model;

    EventWriter(Job job, String model) {
        this.job = job;
        this.model = model;
    }

    @Override
    public void write(JobEvent event, StringBuilder out) {
        switch (event) {
            case JobEvent.Token token -> {
                out.append("event: token\ndata: {\"t\":");
                JsonText.quote(token.text(), out);
                out.append(",\"i\":").append(token.index());
            }
            case JobEvent.Started started -> started(started, out);
            case JobEvent.Metrics m ->
                out.append("event: metrics\ndata: {\"tokens_in\":")
                        .append(m.tokensIn())
                        .append(",\"time_to_first_token_ms\":")
                        .append(m.timeToFirstTokenMs())
                        .append(",\"tokens_per_second\":")
                        .append(m.tokensPerSecond());
            case JobEvent.End end ->
                out.append("event: end\ndata: {\"tokens_out\":")
                        .append(end.tokensOut())
                        .append(",\"tokens_in\":")
                        .append(end.tokensIn())
                        .append(",\"decode_time_ms\":")
                        .append(end.decodeTimeMs())
                        .append(",\"stop_reason\":\"")
                        .append(end.stopReason())
                        .append('"');
            case JobEvent.Failed failed -> {
                out.append("event: error\ndata: {\"code\":\"")
                        .append(failed.code())
                        .append("\",\"message\":");
                JsonText.quote(failed.message(), out);
                out.append(",\"retriable\":").append(failed.code().retriable());
            }
        }
        out.append("}\n\n");
    }

    private void started(JobEvent.Started started, StringBuilder out) {
        out.append("event: started\ndata: {\"job_id\":");
        JsonText.quote(job.id(), out);
        out.append(",\"model\":");
        JsonText.quote(model, out);
        out.append(",\"started_at\":\"")
                .append(MILLIS.format(started.at()))
                .append("\",\"seed\":")
                .append(Long.toUnsignedString(job.options().seed()));
    }
}
