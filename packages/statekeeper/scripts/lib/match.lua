-- Matching: gives queued requests to volunteers, best first, until either runs out or `limit` is met. It runs inside every
-- script that may put a request beside a volunteer. A volunteer is noted as `want epoch skips…`.
local function standDown(worker)
  redis.call('ZREM', volunteersKey, worker)
  redis.call('HDEL', volunteeringKey, worker)
end

local function skipSet(text)
  local skips = nil
  for name in string.gmatch(text, '%S+') do
    skips = skips or {}
    skips[name] = true
  end
  return skips
end

-- Returns how many requests the volunteer got; -1 when it was sent away to read the function table first.
local function serveVolunteer(worker, limit, sample)
  local want, epoch, skips = string.match(redis.call('HGET', volunteeringKey, worker) or '0 0 ', '^(%d+) (%d+) (.*)$')
  if epoch ~= (redis.call('GET', epochKey) or '0') then
    standDown(worker)
    send(worker, 'functions')
    return -1
  end
  local drawing = {
    worker = worker, room = math.min(tonumber(want), limit), budget = math.huge, skips = skipSet(skips), scans = 1000, claims = {},
  }
  drawAnywhere(drawing, sample, true)
  if #drawing.claims == 0 then return 0 end
  standDown(worker)
  own(worker, drawing.claims)
  count('moved', #drawing.claims)
  for _, claim in ipairs(drawing.claims) do
    send(worker, 'run ' .. claim[1] .. ' ' .. claim[3] .. ' ' .. claim[4] .. ' ' .. claim[5] .. ' ' .. claim[2])
  end
  return #drawing.claims
end

local function match(limit, sample)
  local moved = 0
  while moved < limit do
    local movedBefore = moved
    for _, worker in ipairs(redis.call('ZRANGE', volunteersKey, 0, 15)) do
      local got = serveVolunteer(worker, limit - moved, sample)
      if got > 0 then moved = moved + got end
      if moved >= limit then break end
    end
    if moved == movedBefore then break end
  end
  return moved
end
