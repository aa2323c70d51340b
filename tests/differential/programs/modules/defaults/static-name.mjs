export default class { static name() {} static { this.self = this; } }
