//! Options of sockets by name.

use super::{Answer, Tcp, Udp, bad};

impl Tcp {
    pub(super) fn get(&self, option: &str) -> Answer {
        let socket = &self.socket;
        Ok(match option {
            "keep-alive" => socket.keep_alive_enabled()?.to_string(),
            "keep-alive-idle" => socket.keep_alive_idle_time()?.to_string(),
            "keep-alive-interval" => socket.keep_alive_interval()?.to_string(),
            "keep-alive-count" => socket.keep_alive_count()?.to_string(),
            "hops" => socket.hop_limit()?.to_string(),
            "receive-buffer" => socket.receive_buffer_size()?.to_string(),
            "send-buffer" => socket.send_buffer_size()?.to_string(),
            _ => return Err(bad("no such option")),
        })
    }

    pub(super) fn set(&self, option: &str, value: u64) -> Answer {
        let socket = &self.socket;
        let small = || u8::try_from(value).map_err(|_| bad("too large"));
        match option {
            "backlog" => socket.set_listen_backlog_size(value)?,
            "keep-alive" => socket.set_keep_alive_enabled(value != 0)?,
            "keep-alive-idle" => socket.set_keep_alive_idle_time(value)?,
            "keep-alive-interval" => socket.set_keep_alive_interval(value)?,
            "keep-alive-count" => {
                socket.set_keep_alive_count(u32::try_from(value).unwrap_or(u32::MAX))?;
            }
            "hops" => socket.set_hop_limit(small()?)?,
            "receive-buffer" => socket.set_receive_buffer_size(value)?,
            "send-buffer" => socket.set_send_buffer_size(value)?,
            _ => return Err(bad("no such option")),
        }
        Ok(String::new())
    }
}

impl Udp {
    pub(super) fn get(&self, option: &str) -> Answer {
        let socket = &self.socket;
        Ok(match option {
            "hops" => socket.unicast_hop_limit()?.to_string(),
            "receive-buffer" => socket.receive_buffer_size()?.to_string(),
            "send-buffer" => socket.send_buffer_size()?.to_string(),
            _ => return Err(bad("no such option")),
        })
    }

    pub(super) fn set(&self, option: &str, value: u64) -> Answer {
        let socket = &self.socket;
        let small = || u8::try_from(value).map_err(|_| bad("too large"));
        match option {
            "hops" => socket.set_unicast_hop_limit(small()?)?,
            "receive-buffer" => socket.set_receive_buffer_size(value)?,
            "send-buffer" => socket.set_send_buffer_size(value)?,
            _ => return Err(bad("no such option")),
        }
        Ok(String::new())
    }
}
