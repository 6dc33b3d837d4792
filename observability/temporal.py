"""Temporal's own telemetry: the logs of its core as ours, and its metrics on a port of their own."""

import logging

import temporalio.activity
import temporalio.workflow
from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)


def temporal_runtime(metrics_address: str | None = None) -> Runtime:
    """The runtime for `Client.connect(runtime=…)`; make one per process, each has its own threads.

    Warnings of Temporal's core go to the logger `temporalio.core`. With `metrics_address` (`127.0.0.1:9465`) the SDK
    serves its own metrics there (`temporal_…`: free task slots, sticky cache, latencies), durations in seconds.
    """
    # The SDK appends a dictionary to each message; the log lines have its parts as fields.
    temporalio.workflow.logger.workflow_info_on_message = False
    temporalio.activity.logger.activity_info_on_message = False
    return Runtime(
        # Each worker, and we have one per department, would keep a thread that samples the machine for heartbeats that
        # nobody here reads: measured, 3 % of a core for ten workers.
        worker_heartbeat_interval=None,
        telemetry=TelemetryConfig(
            logging=LoggingConfig(
                filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
                forwarding=LogForwardingConfig(
                    logger=logging.getLogger("temporalio.core"), append_target_to_name=False
                ),
            ),
            metrics=PrometheusConfig(
                bind_address=metrics_address, counters_total_suffix=True, unit_suffix=True, durations_as_seconds=True
            )
            if metrics_address
            else None,
        ),
    )
