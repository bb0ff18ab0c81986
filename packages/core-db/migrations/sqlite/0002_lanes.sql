DROP INDEX `head_state`;--> statement-breakpoint
CREATE TABLE `lane` (
	`lane` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`capabilities` text NOT NULL,
	`only_agent` text,
	`avoid_agent` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `__new_step` (
	`id` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`stream` text NOT NULL,
	`task_id` text,
	`workflow_id` text NOT NULL,
	`lane` text NOT NULL,
	`capabilities` text NOT NULL,
	`priority` integer NOT NULL,
	`rank` integer NOT NULL,
	`limits` text DEFAULT '[]' NOT NULL,
	`state` text NOT NULL,
	`run_at` text,
	`token` integer NOT NULL,
	`attempt` integer NOT NULL,
	`failures` integer NOT NULL,
	`rescues` integer NOT NULL,
	`max_attempts` integer NOT NULL,
	`max_rescues` integer NOT NULL,
	`only_agent` text,
	`avoid_agent` text,
	`due` text NOT NULL,
	`becomes` text,
	`holder` text,
	`holder_agent` text,
	`lease_until` text,
	`last_event_id` text NOT NULL,
	`xid` text DEFAULT '0' NOT NULL,
	`payload` text NOT NULL
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_step`("id", "kind", "stream", "task_id", "workflow_id", "lane", "capabilities", "priority", "rank", "state", "run_at", "token", "attempt", "failures", "rescues", "max_attempts", "max_rescues", "only_agent", "avoid_agent", "due", "becomes", "holder", "holder_agent", "lease_until", "last_event_id", "xid", "payload") SELECT "id", "kind", coalesce('task/' || "task_id", 'workflow/' || "workflow_id"), "task_id", "workflow_id", "kind" || '|' || "capabilities" || '|' || coalesce("only_agent", '') || '|' || coalesce("avoid_agent", ''), "capabilities", "priority", "seq" - "priority" * 21600000, "state", "run_at", "token", "attempt", "failures", "rescues", "max_attempts", "max_rescues", "only_agent", "avoid_agent", case "kind" when 'work' then 'ready,working' when 'check' then 'submitted' when 'review' then 'checked,reviewed,waiting' when 'merge' then 'reviewed' else '' end, case "kind" when 'work' then 'working' end, "holder", "holder_agent", "lease_until", "last_event_id", "xid", "payload" FROM `step`;--> statement-breakpoint
DROP TABLE `step`;--> statement-breakpoint
ALTER TABLE `__new_step` RENAME TO `step`;--> statement-breakpoint
CREATE INDEX `step_ready` ON `step` (`lane`,`rank`,`id`) WHERE state = 'ready';--> statement-breakpoint
CREATE INDEX `step_due` ON `step` (`run_at`) WHERE state = 'scheduled';--> statement-breakpoint
CREATE INDEX `step_claimed` ON `step` (`holder`) WHERE state = 'claimed';--> statement-breakpoint
CREATE INDEX `step_limited` ON `step` (`rank`) WHERE limits <> '[]' and state not in ('done', 'cancelled');--> statement-breakpoint
CREATE INDEX `step_open` ON `step` (`workflow_id`,`stream`) WHERE state not in ('done', 'cancelled');--> statement-breakpoint
CREATE TABLE `__new_trace` (
	`correlation_id` text NOT NULL,
	`shard` integer DEFAULT 0 NOT NULL,
	`first_at` text NOT NULL,
	`last_at` text NOT NULL,
	`events` integer NOT NULL,
	`errors` integer NOT NULL,
	PRIMARY KEY(`correlation_id`, `shard`)
) STRICT;
--> statement-breakpoint
INSERT INTO `__new_trace`("correlation_id", "shard", "first_at", "last_at", "events", "errors") SELECT "correlation_id", 0, "first_at", "last_at", "events", "errors" FROM `trace`;--> statement-breakpoint
DROP TABLE `trace`;--> statement-breakpoint
ALTER TABLE `__new_trace` RENAME TO `trace`;--> statement-breakpoint
ALTER TABLE `stream_head` ADD `token` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `stream_head` ADD `view_version` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
-- What was there before is folded up to its version, and its tokens go on from the highest.
UPDATE `stream_head` SET `view_version` = `version`;--> statement-breakpoint
UPDATE `stream_head` SET `token` = coalesce(json_extract(`view`, '$.token'), 0) WHERE `kind` IN ('task', 'workflow');--> statement-breakpoint
UPDATE `stream_head` SET `token` = max(`stream_head`.`token`, `s`.`token`) FROM (SELECT `stream`, max(`token`) AS `token` FROM `step` GROUP BY `stream`) AS `s` WHERE `s`.`stream` = `stream_head`.`stream`;--> statement-breakpoint
INSERT INTO `lane` SELECT DISTINCT `lane`, `kind`, `capabilities`, `only_agent`, `avoid_agent` FROM `step`;
