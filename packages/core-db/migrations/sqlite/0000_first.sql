CREATE TABLE `agent` (
	`incarnation` text PRIMARY KEY NOT NULL,
	`agent` text NOT NULL,
	`role` text NOT NULL,
	`host` text NOT NULL,
	`pid` integer NOT NULL,
	`capabilities` text NOT NULL,
	`status` text NOT NULL,
	`load` real NOT NULL,
	`started_at` text NOT NULL,
	`beat_at` text NOT NULL,
	`version` text NOT NULL,
	`mark` text
) STRICT;
--> statement-breakpoint
CREATE TABLE `dead_letter` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`subscription` text NOT NULL,
	`event_id` text NOT NULL,
	`error` text NOT NULL,
	`attempts` integer NOT NULL,
	`at` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `event` (
	`position` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`xid` text DEFAULT '0' NOT NULL,
	`id` text NOT NULL,
	`type` text NOT NULL,
	`stream` text NOT NULL,
	`version` integer NOT NULL,
	`correlation_id` text NOT NULL,
	`causation_id` text,
	`command_id` text,
	`actor` text NOT NULL,
	`at` text NOT NULL,
	`data` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `event_id` ON `event` (`id`);--> statement-breakpoint
CREATE UNIQUE INDEX `event_stream` ON `event` (`stream`,`version`);--> statement-breakpoint
CREATE INDEX `event_correlation` ON `event` (`correlation_id`,`position`);--> statement-breakpoint
CREATE TABLE `meta` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `step` (
	`seq` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`id` text NOT NULL,
	`kind` text NOT NULL,
	`task_id` text,
	`workflow_id` text NOT NULL,
	`capabilities` text NOT NULL,
	`priority` integer NOT NULL,
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
	`holder` text,
	`holder_agent` text,
	`lease_until` text,
	`last_event_id` text NOT NULL,
	`xid` text DEFAULT '0' NOT NULL,
	`payload` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE UNIQUE INDEX `step_id` ON `step` (`id`);--> statement-breakpoint
CREATE INDEX `step_ready` ON `step` (`kind`,"priority" desc,`seq`) WHERE state = 'ready';--> statement-breakpoint
CREATE INDEX `step_due` ON `step` (`run_at`) WHERE state = 'scheduled';--> statement-breakpoint
CREATE INDEX `step_claimed` ON `step` (`seq`) WHERE state = 'claimed';--> statement-breakpoint
CREATE INDEX `step_workflow` ON `step` (`workflow_id`);--> statement-breakpoint
CREATE INDEX `step_task` ON `step` (`task_id`);--> statement-breakpoint
CREATE TABLE `stream_head` (
	`stream` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`id` text NOT NULL,
	`correlation_id` text NOT NULL,
	`version` integer NOT NULL,
	`state` text NOT NULL,
	`last_event_id` text NOT NULL,
	`xid` text DEFAULT '0' NOT NULL,
	`view` text NOT NULL
) STRICT;
--> statement-breakpoint
CREATE INDEX `head_kind` ON `stream_head` (`kind`,`id`);--> statement-breakpoint
CREATE INDEX `head_state` ON `stream_head` (`kind`,`state`,`id`);--> statement-breakpoint
CREATE INDEX `head_correlation` ON `stream_head` (`correlation_id`,`kind`,`id`);--> statement-breakpoint
CREATE TABLE `subscription` (
	`name` text PRIMARY KEY NOT NULL,
	`xid` text NOT NULL,
	`position` integer NOT NULL
) STRICT;
--> statement-breakpoint
CREATE TABLE `trace` (
	`correlation_id` text PRIMARY KEY NOT NULL,
	`first_at` text NOT NULL,
	`last_at` text NOT NULL,
	`events` integer NOT NULL,
	`errors` integer NOT NULL
) STRICT;
