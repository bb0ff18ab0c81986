const said: readonly RegExp[] = [
  /No matching distribution found|Could not find a version that satisfies/,
  /has no (?:usable )?(?:wheels?|binary distribution)|no usable wheels|building source distributions is disabled/i,
  /Unable to find installation candidates/,
  /getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ERR_PNPM_NO_OFFLINE|ERR_PNPM_NO_MATCHING_VERSION_OFFLINE/,
  /[Cc]ould not resolve host|Temporary failure in name resolution|Network (?:is )?unreachable/,
  /network (?:was |is )?disabled|Couldn't find any versions for .* in our cache/,
];

/** True where the output of a failed setup is about something that was not fetched before, or asks for the network. */
export const lacksRegistry = (output: string): boolean => said.some((pattern) => pattern.test(output));
