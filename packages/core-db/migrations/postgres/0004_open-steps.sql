DROP INDEX "step_claimed";--> statement-breakpoint
DROP INDEX "step_open";--> statement-breakpoint
CREATE INDEX "step_open" ON "step" USING btree ("state","workflow_id","stream") WHERE state not in ('done', 'cancelled');--> statement-breakpoint
-- A claim changes the steps and heads of a page all at once: only where a second version of each fits beside it, no index is written.
ALTER TABLE "step" SET (fillfactor = 45);--> statement-breakpoint
ALTER TABLE "stream_head" SET (fillfactor = 45);
