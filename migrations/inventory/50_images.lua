-- Uploaded images. The service writes their bytes itself, as no call may occupy the server for
-- more than a millisecond. This function comes first, and keeps the sum of all bytes in bounds.

-- The sum of the bytes of all uploaded images.
local UPLOADS = TAG .. ':img_uploads'

-- ARGV: name, bytes, the most bytes of all uploaded images. Counts an image, once for each name.
-- Returns 1, or 0 if there is no room.
local function count_image(_, args)
    local key = TAG .. ':img:' .. args[1]
    -- Versions before 8 counted an image after they wrote its type.
    if redis.call('HGET', key, 'counted') or redis.call('HGET', key, 'type') then return 1 end
    local sum = tonumber(redis.call('HGET', UPLOADS, 'bytes') or '0')
    if sum + tonumber(args[2]) > tonumber(args[3]) then return 0 end
    redis.call('HSET', key, 'counted', args[2])
    redis.call('HINCRBY', UPLOADS, 'bytes', args[2])
    return 1
end

redis.register_function('inv1_count_image', count_image)
