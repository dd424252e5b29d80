-- The one clock of a pool: ms since the epoch by Redis; asked once a call, and only if needed.
local now = nil
local function readClock()
  if now == nil then
    local time = redis.call('TIME')
    now = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return now
end
