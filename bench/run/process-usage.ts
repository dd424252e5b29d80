/** What this process has used so far. */

const microsPerSecond = 1_000_000;
const bytesPerKilobyte = 1_024;

/** User and system time of all its threads. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / microsPerSecond;
}

/** The most memory that it ever had resident. */
export function peakResidentBytes(): number {
  return process.resourceUsage().maxRSS * bytesPerKilobyte;
}
