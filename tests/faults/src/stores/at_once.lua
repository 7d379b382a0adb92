-- ARGV: patterns of keys. Returns name, type and content of each key that matches, all of one
-- moment.
local read = {
    hash = function(key) return redis.call('HGETALL', key) end,
    list = function(key) return redis.call('LRANGE', key, 0, -1) end,
    zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
    stream = function(key) return redis.call('XRANGE', key, '-', '+') end,
    string = function(key) return redis.call('GET', key) end,
}
local answer = {}
for _, pattern in ipairs(ARGV) do
    for _, key in ipairs(redis.call('KEYS', pattern)) do
        local kind = redis.call('TYPE', key).ok
        answer[#answer + 1] = { key, kind, read[kind] and read[kind](key) or false }
    end
end
return answer
