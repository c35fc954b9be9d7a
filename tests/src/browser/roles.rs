//! Elements as assistive technology knows them: by role and name.

use std::time::Instant;

use serde_json::{Value, json};

use super::session::{Browser, PATIENCE};

/// A key as `Input.dispatchKeyEvent` takes it.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    /// Moves the focus on.
    Tab,
    /// Presses what has the focus.
    Enter,
    /// Closes what is open.
    Escape,
    /// Removes what has the focus.
    Delete,
    /// Moves on by one.
    ArrowRight,
    /// Moves to the first.
    Home,
    /// Moves to the last.
    End,
}

impl Browser {
    /// Clicks the middle of the element of this role and name, once there is one.
    ///
    /// # Panics
    /// If none appears, or nothing of it is visible.
    pub fn click_role(&self, role: &str, name: &str) {
        let node = self.wait_for_role(role, name);
        self.devtools("DOM.scrollIntoViewIfNeeded", node.clone());
        let model = self.devtools("DOM.getBoxModel", node);
        let corners: Vec<f64> = model["model"]["border"]
            .as_array()
            .expect("what is seen has a box")
            .iter()
            .filter_map(Value::as_f64)
            .collect();
        let (x, y) = (
            (corners[0] + corners[4]) / 2.0,
            (corners[1] + corners[5]) / 2.0,
        );
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
            self.devtools("Input.dispatchMouseEvent", event);
        }
    }

    /// Whether there is an element of this role and name.
    pub fn has_role(&self, role: &str, name: &str) -> bool {
        self.find_role(role, name).is_some()
    }

    /// Presses a key where the focus is.
    pub fn press(&self, key: Key) {
        let (key, code, number, text) = match key {
            Key::Tab => ("Tab", "Tab", 9, ""),
            Key::Enter => ("Enter", "Enter", 13, "\r"),
            Key::Escape => ("Escape", "Escape", 27, ""),
            Key::Delete => ("Delete", "Delete", 46, ""),
            Key::ArrowRight => ("ArrowRight", "ArrowRight", 39, ""),
            Key::Home => ("Home", "Home", 36, ""),
            Key::End => ("End", "End", 35, ""),
        };
        for kind in ["keyDown", "keyUp"] {
            let mut event = json!({
                "type": kind, "key": key, "code": code, "windowsVirtualKeyCode": number,
            });
            if kind == "keyDown" && !text.is_empty() {
                event["text"] = text.into();
            }
            self.devtools("Input.dispatchKeyEvent", event);
        }
    }

    /// The role and the name of what has the focus.
    pub fn focused(&self) -> (String, String) {
        let element = self.devtools(
            "Runtime.evaluate",
            json!({"expression": "document.activeElement"}),
        );
        let object = json!({"objectId": element["result"]["objectId"], "fetchRelatives": false});
        let tree = self.devtools("Accessibility.getPartialAXTree", object);
        let node = &tree["nodes"][0];
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        (text(&node["role"]), text(&node["name"]))
    }

    /// Waits for an element; returns its node id, as other commands take it.
    fn wait_for_role(&self, role: &str, name: &str) -> Value {
        let start = Instant::now();
        loop {
            if let Some(node) = self.find_role(role, name) {
                return node;
            }
            assert!(start.elapsed() < PATIENCE, "no {role} “{name}” appears");
            self.pause();
        }
    }

    fn find_role(&self, role: &str, name: &str) -> Option<Value> {
        self.devtools("DOM.enable", json!({}));
        let document = self.devtools("Runtime.evaluate", json!({"expression": "document"}));
        let query = json!({
            "objectId": document["result"]["objectId"], "role": role, "accessibleName": name,
        });
        let found = self.devtools("Accessibility.queryAXTree", query);
        let nodes = found["nodes"].as_array()?;
        let node = nodes.iter().find(|node| node["ignored"] != true)?;
        Some(json!({"backendNodeId": node["backendDOMNodeId"]}))
    }
}
