CREATE TABLE "lane" (
	"lane" text COLLATE "C" PRIMARY KEY NOT NULL,
	"kind" text COLLATE "C" NOT NULL,
	"capabilities" json NOT NULL,
	"only_agent" text COLLATE "C",
	"avoid_agent" text COLLATE "C"
);
--> statement-breakpoint
DROP INDEX "head_state";--> statement-breakpoint
DROP INDEX "step_id";--> statement-breakpoint
DROP INDEX "step_workflow";--> statement-breakpoint
DROP INDEX "step_task";--> statement-breakpoint
DROP INDEX "step_ready";--> statement-breakpoint
DROP INDEX "step_claimed";--> statement-breakpoint
ALTER TABLE "trace" DROP CONSTRAINT "trace_pkey";--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "stream" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "lane" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "rank" bigint;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "limits" text COLLATE "C" DEFAULT '[]' NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "due" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "step" ADD COLUMN "becomes" text COLLATE "C";--> statement-breakpoint
ALTER TABLE "stream_head" ADD COLUMN "token" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "stream_head" ADD COLUMN "view_version" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "trace" ADD COLUMN "shard" bigint DEFAULT 0 NOT NULL;--> statement-breakpoint
-- What was there before is folded up to its version, and its tokens go on from the highest.
UPDATE "step" SET "stream" = coalesce('task/' || task_id, 'workflow/' || workflow_id),
  "lane" = kind || '|' || capabilities::text || '|' || coalesce(only_agent, '') || '|' || coalesce(avoid_agent, ''),
  "rank" = seq - priority * 21600000,
  "due" = case kind when 'work' then 'ready,working' when 'check' then 'submitted' when 'review' then 'checked,reviewed,waiting' when 'merge' then 'reviewed' else '' end,
  "becomes" = case kind when 'work' then 'working' end;--> statement-breakpoint
UPDATE "stream_head" SET "view_version" = "version", "token" = coalesce(case when kind in ('task', 'workflow') then (view ->> 'token')::bigint end, 0);--> statement-breakpoint
UPDATE "stream_head" h SET "token" = greatest(h.token, s.token) FROM (SELECT stream, max(token) AS token FROM "step" GROUP BY stream) s WHERE s.stream = h.stream;--> statement-breakpoint
INSERT INTO "lane" SELECT DISTINCT ON (lane) lane, kind, capabilities, only_agent, avoid_agent FROM "step";--> statement-breakpoint
CREATE INDEX "step_limited" ON "step" USING btree ("rank") WHERE limits <> '[]' and state not in ('done', 'cancelled');--> statement-breakpoint
CREATE INDEX "step_open" ON "step" USING btree ("workflow_id","stream") WHERE state not in ('done', 'cancelled');--> statement-breakpoint
ALTER TABLE "trace" ADD CONSTRAINT "trace_correlation_id_shard_pk" PRIMARY KEY("correlation_id","shard");--> statement-breakpoint
CREATE INDEX "step_ready" ON "step" USING btree ("lane","rank","id") WHERE state = 'ready';--> statement-breakpoint
CREATE INDEX "step_claimed" ON "step" USING btree ("holder") WHERE state = 'claimed';--> statement-breakpoint
ALTER TABLE "step" DROP COLUMN "seq";--> statement-breakpoint
ALTER TABLE "step" ADD PRIMARY KEY ("id");--> statement-breakpoint
ALTER TABLE "step" ALTER COLUMN "stream" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ALTER COLUMN "lane" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ALTER COLUMN "rank" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "step" ALTER COLUMN "due" SET NOT NULL;--> statement-breakpoint
-- Rows of the queue change often: room on their page, and early cleaning.
ALTER TABLE "step" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);--> statement-breakpoint
ALTER TABLE "stream_head" SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);