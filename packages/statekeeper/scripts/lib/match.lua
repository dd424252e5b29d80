-- Matching: gives queued requests to volunteers, best first, until either runs out or `limit` is met. It runs inside every
-- script that may put a request beside a volunteer. A volunteer is noted as
-- `turn want epoch reach score recent skips…`; reach is `roots`, or what a bridge carries (see lib/draw.lua); recent is the function that
-- it evaluated last, or `-`.
local function standDown(worker)
  redis.call('HDEL', volunteersKey, worker)
end

-- As volunteer-order.ts has it: bridges after all workers, and last those that carry `ahead`; then by what the pool prefers, and where that
-- makes no difference who has been idle longest.
local placeOf = { roots = 0, next = 1, last = 1, ahead = 2 }
local function orderVolunteers(found, name)
  local preferences = {}
  for preference in string.gmatch(redis.call('GET', preferencesKey) or 'score recent idle', '%S+') do
    if preference == 'idle' then break end
    preferences[#preferences + 1] = preference
  end
  table.sort(found, function(one, other)
    if placeOf[one.reach] ~= placeOf[other.reach] then return placeOf[one.reach] < placeOf[other.reach] end
    for _, preference in ipairs(preferences) do
      if preference == 'score' and one.score ~= other.score then return one.score > other.score end
      if preference == 'recent' and (one.recent == name) ~= (other.recent == name) then return one.recent == name end
    end
    return one.turn < other.turn
  end)
end

-- Some volunteers, best first; `name` is the function of the first request, if that is known.
local function someVolunteers(name)
  local found = {}
  local pairs = redis.call('HRANDFIELD', volunteersKey, 16, 'WITHVALUES')
  for i = 1, #pairs, 2 do
    local turn, want, epoch, reach, score, recent, skips =
      string.match(pairs[i + 1], '^(%d+) (%d+) (%d+) (%S+) ([%d.e+-]+) (%S+) (.*)$')
    if placeOf[reach] and tonumber(score) then
      found[#found + 1] = {
        worker = pairs[i], turn = tonumber(turn), want = tonumber(want), epoch = epoch, reach = reach, score = tonumber(score),
        recent = recent, skips = skips,
      }
    else
      -- its worker claims again within seconds
      standDown(pairs[i])
      count('unreadable', 1)
    end
  end
  if #found > 1 then orderVolunteers(found, name) end
  return found
end

-- Returns how many requests the volunteer got, -1 when it was sent away to read the function table first; and whether there was
-- nothing for anybody.
local function serveVolunteer(volunteer, epoch, limit, sample, first)
  local worker = volunteer.worker
  if volunteer.epoch ~= epoch then
    standDown(worker)
    send(worker, 'functions')
    return -1, false
  end
  local drawing = newDrawing(worker, math.min(volunteer.want, limit), math.huge, skipSet(volunteer.skips))
  drawing.reach = volunteer.reach
  draw(drawing, sample, first)
  if #drawing.claims == 0 then return 0, drawing.scans > 0 and not mayPassOver(drawing) end
  standDown(worker)
  own(worker, drawing.claims, drawing.reach)
  count('moved', #drawing.claims)
  local at = string.format('%d', readClock())
  for i, id in ipairs(drawing.claims) do send(worker, 'run ' .. id .. ' ' .. at .. ' ' .. drawing.texts[i]) end
  return #drawing.claims, false
end

-- `sample`: how many members are asked for a long own queue; `first`: whose is filled, and `name`: the function of the first request,
-- if that is known.
local function match(limit, sample, first, name)
  local moved, rounds = 0, 64
  local epoch = nil
  while moved < limit and rounds > 0 do
    rounds = rounds - 1
    local volunteers = someVolunteers(name)
    local isChanged = false
    for _, volunteer in ipairs(volunteers) do
      epoch = epoch or redis.call('GET', epochKey) or '0'
      local got, isNothingLeft = serveVolunteer(volunteer, epoch, limit - moved, sample, first)
      -- the others need not look where this one has found nothing
      if isNothingLeft then sample = 0 end
      if got ~= 0 then isChanged = true end
      if got > 0 then moved = moved + got end
      if moved >= limit then break end
    end
    -- fewer than asked for were all there are, and each has been served or has found nothing
    if not isChanged or #volunteers < 16 then break end
  end
  return moved
end
