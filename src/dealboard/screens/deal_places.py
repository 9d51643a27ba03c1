"""Where one can go from a view of deals: to pipelines and to saved views."""

from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType

from dealboard import actions
from dealboard.domain.filter_words import Names
from dealboard.domain.filters import DealFilter, Query
from dealboard.domain.views import Pipeline, SavedView
from dealboard.screens.deal_query import DealQuery
from dealboard.screens.outlook import Outlook


class DealPlaces(DealQuery):
    """A view of deals among pipelines and saved views."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pick_pipeline", "Pipeline", id="view.pipeline"),
        Binding("V", "saved_views", "Saved views", show=False, id="view.saved"),
        Binding("P", "new_pipeline", "New pipeline", show=False, id="pipeline.new"),
        Binding("R", "rename_pipeline", "Rename pipeline", show=False, id="pipeline.rename"),
    ]

    def show_pipeline(self, pipeline_id: int) -> None:
        """Show the deals of a pipeline."""
        raise NotImplementedError

    def show_outlook(self, outlook: Outlook) -> None:
        """Show the deals of an outlook as it says, as a board or as a table."""
        raise NotImplementedError

    @property
    def names(self) -> Names:
        """What the things are called that a filter names."""
        material = self.material
        return Names(
            {each.id: each.name for each in material.pipelines},
            {each.id: each.name for each in material.stages},
            {each.id: each.name for each in material.users},
        )

    # ── pipelines ─────────────────────────────────────────────────────────────────────────────

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that is shown alone, or in which the cursor is."""
        known = self.material.pipelines
        return next((each for each in known if each.id == self.pipeline_id), None)

    def action_pick_pipeline(self) -> None:
        """Ask for a pipeline and show it."""
        from dealboard.screens.pick import Choice, Pick

        def show(pipeline_id: int | None) -> None:
            if pipeline_id is not None:
                self.show_pipeline(pipeline_id)

        choices = [Choice(each.id, each.name) for each in self.material.pipelines]
        self.app.push_screen(Pick("Show pipeline", choices, chosen=self.pipeline_id), show)

    @work
    async def action_new_pipeline(self) -> None:
        """Open the form for a new pipeline and show it (guide, Creating a pipeline)."""
        from dealboard.screens.pipeline import PipelineScreen

        pipeline_id = await self.app.push_screen_wait(PipelineScreen())
        if pipeline_id is not None:
            self.show_pipeline(pipeline_id)

    def action_rename_pipeline(self) -> None:
        """Ask for another name of the pipeline."""
        pipeline = self.pipeline
        if pipeline is None:
            return
        from dealboard.screens.ask import Ask

        def rename(name: str | None) -> None:
            if name is not None:
                self.do(lambda tx: actions.pipelines.rename(tx, pipeline.id, name))

        ask = Ask("Rename the pipeline", initial=pipeline.name, required=True)
        self.app.push_screen(ask, rename)

    def choose_place(self) -> None:
        """Offer the pipelines."""
        self.action_pick_pipeline()

    # ── saved views ───────────────────────────────────────────────────────────────────────────

    @work
    async def action_saved_views(self) -> None:
        """Show the saved views, and go to the one that is chosen."""
        from dealboard.screens.saved_views import SavedViews

        query = await self.app.push_screen_wait(SavedViews(self.saved_as, self.names))
        if query is not None:
            self.show_query(query)

    @property
    def saved_as(self) -> Query:
        """The query as a saved view keeps it: that of a board names its pipeline."""
        if self.wanted.look == "board":
            return self.wanted._replace(filter=self.outlook.board_only)
        return self.wanted

    def show_view(self, view: SavedView) -> None:
        """Show a saved view."""
        from dealboard.errors import InvalidValue
        from dealboard.screens.saved_views import query_of

        app = self.dealboard
        try:
            self.show_query(query_of(view, app.workspace.today, app.config.first_weekday))
        except InvalidValue as error:
            app.say(error.sentence, severity="error")

    def show_query(self, query: Query) -> None:
        """Show the deals of a query as it says; a board goes to the pipeline that it names."""
        outlook = self.outlook._replace(deal_id=self.cursor_deal)
        criteria: DealFilter = query.filter
        if query.look == "board" and len(criteria.pipelines) == 1:
            (pipeline_id,) = criteria.pipelines
            outlook = outlook._replace(pipeline_id=pipeline_id)
            query = query._replace(filter=criteria._replace(pipelines=frozenset()))
        self.show_outlook(outlook._replace(query=query))
