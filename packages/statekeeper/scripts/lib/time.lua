-- The one clock of a pool, Redis's: µs and ms since the epoch; asked once a call, and only if needed.
local micros, now = nil, nil
local function readMicros()
  if micros == nil then
    local time = redis.call('TIME')
    micros = time[1] * 1000000 + time[2]
    now = math.floor(micros / 1000)
  end
  return micros
end
local function readClock()
  if now == nil then readMicros() end
  return now
end
