-- Announced work that has not ended, for replies: of each its id, ms until it starts, ms until it ends, within how many ms it should be
-- done, and how many ms it takes one slot. A field of the hash is the time at which it starts, the time at which it ends, and the last two.
local function expectedWork()
  local works = {}
  local announced = redis.call('HGETALL', expectedKey)
  for i = 1, #announced, 2 do
    local startsAt, endsAt, withinMs, workMs = string.match(announced[i + 1], '^(%d+) (%d+) (%S+) (%S+)$')
    local endsInMs = (tonumber(endsAt) or 0) - readClock()
    if endsInMs > 0 then
      local startsInMs = math.max(0, tonumber(startsAt) - readClock())
      for _, part in ipairs({
        announced[i], string.format('%d', startsInMs), string.format('%d', endsInMs), withinMs, workMs,
      }) do works[#works + 1] = part end
    end
  end
  return works
end
