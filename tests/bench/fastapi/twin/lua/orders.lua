-- KEYS orders of a user; ARGV begin, limit. Returns the last position if there are more, then
-- state, view and time of each, newest first.
local limit = tonumber(ARGV[2])
local places = redis.call('ZRANGE', KEYS[1], ARGV[1], '-', 'BYLEX', 'REV', 'LIMIT', 0, limit + 1)
local rows = {#places > limit and places[limit] or ''}
for at = 1, math.min(#places, limit) do
  local order = redis.call('HMGET', '{pay}:order:' .. places[at]:match(':(.*)$'), 'state', 'view', 'updated')
  for _, value in ipairs(order) do rows[#rows + 1] = value end
end
return rows
