"""The workflow of the traced city; alone in its module, as the sandbox loads that again for each case."""

from datetime import timedelta

from temporalio import workflow


@workflow.defn(name="enterprise-exit")
class EnterpriseExit:
    """Submits, waits for a decision, ends."""

    def __init__(self) -> None:
        self._decided = False

    @workflow.run
    async def run(self, department: str) -> str:
        """The whole case."""
        workflow.logger.info("the case begins")
        traceparent: str = await workflow.execute_activity(
            "submit", department, start_to_close_timeout=timedelta(seconds=10)
        )
        await workflow.execute_local_activity("submit", department, start_to_close_timeout=timedelta(seconds=10))
        await workflow.wait_condition(lambda: self._decided)
        workflow.logger.info("the case ends")
        return traceparent

    @workflow.update
    async def decide(self) -> str:
        """The department's decision."""
        self._decided = True
        return "counted"
