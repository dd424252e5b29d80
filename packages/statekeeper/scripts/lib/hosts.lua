-- Hosts that have reported, for replies: of each its id, what it says of itself as JSON, and the ms until its lease lapses.
local mostHosts = 1000
local function hostStates()
  local states = {}
  if redis.call('HLEN', hostsKey) > mostHosts then return states end
  local hosts = redis.call('HGETALL', hostsKey)
  for i = 1, #hosts, 2 do
    local lease = tonumber(redis.call('ZSCORE', leasesKey, hosts[i]) or readClock())
    for _, part in ipairs({ hosts[i], hosts[i + 1], string.format('%d', lease - readClock()) }) do states[#states + 1] = part end
  end
  return states
end
