"""Work of the background process."""

from django_tasks import task

from peixun.kernel import clock
from peixun.rulebook.models import Trial
from peixun.rulebook.operations import trials


@task()
def run_trial(trial_id: int) -> None:
    """Work out what a draft or an audience would change."""
    trial = Trial.objects.select_related("draft", "draft__owner", "owner").filter(pk=trial_id).first()
    if trial is None:
        return  # asked for anew meanwhile
    try:
        trials.run(trial, today=clock.today())
    except BaseException:
        trials.fail(trial)
        raise
