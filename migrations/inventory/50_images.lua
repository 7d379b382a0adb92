-- Uploaded images. The service writes their bytes itself, as no call may occupy the server for
-- more than a millisecond. This function comes first, and keeps the sum of all bytes in bounds.

-- The sum of the bytes of all uploaded images.
local UPLOADS = TAG .. ':img_uploads'

-- The images that are being written, with the time at which each was counted.
local WRITTEN = TAG .. ':img_written'
-- The time in milliseconds after which an image without a type was given up: its client hung up, or
-- the service died. A write takes some seconds.
local GIVEN_UP = 600000

-- Takes images that were given up out of the sum, and returns it.
local function without_given_up(sum)
    local written = redis.call('HGETALL', WRITTEN)
    for at = 1, #written, 2 do
        local key = TAG .. ':img:' .. written[at]
        if tonumber(written[at + 1]) < now_ms() - GIVEN_UP then
            if not redis.call('HGET', key, 'type') then
                sum = redis.call('HINCRBY', UPLOADS, 'bytes', '-' .. (redis.call('HGET', key, 'counted') or '0'))
                redis.call('DEL', key)
            end
            redis.call('HDEL', WRITTEN, written[at])
        end
    end
    return sum
end

-- ARGV: name, bytes, the most bytes of all uploaded images. Counts an image, once for each name.
-- Returns 1, or 0 if there is no room.
local function count_image(_, args)
    local key = TAG .. ':img:' .. args[1]
    -- Versions before 8 counted an image after they wrote its type.
    if redis.call('HGET', key, 'type') then return 1 end
    if not redis.call('HGET', key, 'counted') then
        local sum = tonumber(redis.call('HGET', UPLOADS, 'bytes') or '0')
        if sum + tonumber(args[2]) > tonumber(args[3]) then sum = without_given_up(sum) end
        if sum + tonumber(args[2]) > tonumber(args[3]) then return 0 end
        redis.call('HSET', key, 'counted', args[2])
        redis.call('HINCRBY', UPLOADS, 'bytes', args[2])
    end
    -- A repeat writes an image that was given up, so it is not given up any more.
    redis.call('HSET', WRITTEN, args[1], text(now_ms()))
    return 1
end

redis.register_function('inv1_count_image', count_image)
